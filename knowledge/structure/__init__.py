"""From the text of an administrative or Party document to its citable passages.

The marks of structure are those of Decree 30/2020/NĐ-CP, annex I (Phần, Chương, Mục, Tiểu mục,
Điều, khoản, điểm) and of Party texts under Guidance 36-HD/VPTW (I., 1., (1), a)), also inside a
running paragraph. What is attached, what an amending clause quotes, and tables are read as such.
A press report is numbered by its paragraphs.
"""
