# patterns: one alternative a line, however long
"""What a question about places does not ask: patterns on folded words."""

from __future__ import annotations

import re

# Folded patterns on a question.
OTHER_MATTER = re.compile(
    r"khai sinh|khai tu|ket hon|ho khau|thuong tru|tam tru|can cuoc|\bcccd\b|cmnd|ho chieu|\bso do\b|so hong"
    r"|\bgiay\b|dang ky|chung thuc|cong chung|\bho so\b|\bnop\b|thu tuc|bao hiem|ly lich|\bxe\b|le phi|kinh doanh"
    r"|tro cap|che do|xac nhan|hoc phi|\bgia\b|thoi tiet|\bmua\b|bi thu|chu tich|dai hoc|benh vien|dien thoai"
    r"|ket luan|ke hoach|bao cao|ban tin|theo tin|dang bo|dang uy|cap uy|tinh uy|thanh uy|bien che|can bo|cong chuc|dai hoi"
    r"|du kien|dong thuan|vi sao|tai sao|nguoi dan|de an\b|phan doi|phan tram|ti le|ty le|bo chinh tri|ban bi thu|bao nhieu nguoi|dan so|dien tich"
    r"|\bluong\b|nhan su|cong an|truong hoc|doan thanh nien|sinh vien|ngan sach|tai san|chien thang|du lich|dac san"
)
