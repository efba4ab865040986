# patterns: one alternative a line, however long
"""What a question about places asks: patterns on folded words."""

from __future__ import annotations

import re

# Folded patterns on a question; "_" stands where the place was.
MADE_OF = re.compile(
    r"(?:gom|bao gom|chua|co) (?:ca )?(?:nhung |cac |may |bao nhieu )?(?:xa|phuong|thi tran|khu vuc|don vi|dia ban|noi)[^?]*(?:nao|cu|truoc|gi)"
    r"|(?:lap|hinh thanh|nhap|ghep|gop|tao|thanh lap)(?: nen| lai| thanh)?(?: tu| tren)(?: co so)? |tu (?:nhung|cac|may) (?:xa|phuong|tinh|don vi)"
    r"|(?:truoc|ngay truoc|hoi truoc|truoc day|truoc kia|xua)(?: day| kia| thi)?(?: von)? (?:la|thuoc|ten)|(?:von|goc) la"
    r"|(?:gom|bao gom) (?:nhung|cac|may) (?:tinh|thanh pho|tinh thanh)|(?:gom|co) (?:ba|hai|may|nhung) tinh|merged to form|made (?:up )?of"
)
NOW = re.compile(
    r"(?:gio|bay gio|hien nay|hien gio|hien tai|nay|bay h|sau (?:khi )?(?:sap|nhap)\w*(?: nhap| xep)?)(?: thi| da| bi| van)?,? ?(?:la|thuoc|goi|ten|doi|thanh|nhap|ve|con|o|mang|chia|tach|gom|ra sao|co phai|viet|ghi|len|xa|phuong|tinh)\b"
    r"|nhap (?:vao|voi|chung|lai|ve|dau|thanh)|sap nhap|sat nhap|hop nhat|\bgop\b|doi (?:ten|thanh|sang)|ten (?:moi|gi)|(?:dia chi|xa|phuong|tinh|ten) moi"
    r"|tach (?:ra|thanh)|chia (?:ra |ve )?(?:thanh|cho|lam)|thuoc (?:ve )?(?:xa|phuong|tinh|thanh pho|dau|don vi)|con (?:khong|ton tai|nua|la|ko|hong)|goi la gi"
    r"|(?:la|thanh) (?:xa|phuong|don vi|tinh|dac khu|thanh pho) (?:nao|gi)|chuyen (?:thanh|sang|ve)|(?:xa|phuong|tinh|don vi) nao(?: vay| the| a| nhi| ha| roi)*\W*$"
    r"|la (?:tinh|thanh pho|phuong|xa) hay|thanh gi|\bnow\b|still a|merged"
)
SEAT = re.compile(
    r"dat (?:trung tam|tru so)|trung tam (?:hanh chinh|chinh tri)|tinh ly|tinh li|thu phu|(?:trung tam|thu phu|uy ban tinh|ubnd tinh|tinh) [^?]{0,30}(?:dat|dong|nam) (?:o|tai)|(?:dat|dong) (?:tru so |trung tam )?(?:o|tai) (?:dau|cho nao|noi nao)|capital"
)
COUNT = re.compile(
    r"(?:bao nhieu|may|tong cong|so luong) (?:cai )?(?:don vi|xa|phuong|dac khu)|how many (?:communes|wards)"
)
LIST = re.compile(
    r"(?:danh sach|liet ke|ke ten|cac|nhung|cho (?:toi|minh|em) xem) (?:cac |nhung |ten |tat ca )*(?:xa|phuong|don vi|dac khu)|(?:gom|co) (?:nhung )?(?:xa|phuong|dac khu)(?: moi| cu)? nao(?: khong)?\W*$"
)
WHEN = re.compile(r"(?:khi nao|bao gio|ngay nao|nghi quyet|van ban nao|can cu)")
FILLER = re.compile(
    r"(?:_|toi|em|minh|nha|o|tai|dia chi|la|cho|hoi|xin|que|song|cu|truoc day|ngay truoc|a|vay|cua|ban|oi|tra cuu|tim|tra|ve|moi|thi|sao|gi|nao|dau|the|biet|xem|giup|voi|va|thon|ap|xom|so|duong|ngo|to|khu pho|\d+[a-z]?|[,.?!:;/()\"'-]|\s)*"
)
OLD_WORD = re.compile(
    r"_ (?:cu|truoc day|ngay truoc|hoi truoc|truoc kia)\b|(?:hoi|ngay) truoc (?:la|o) _"
)
# On words with their marks: "máy tính" is not "mấy tỉnh".
COUNTRY_COUNT = re.compile(
    r"(?:bao nhiêu|mấy) (?:tỉnh|thành phố|đơn vị hành chính|xã|phường|đặc khu|đơn vị cấp (?:tỉnh|xã))|how many (?:provinces|communes|wards|special zones)"
)
# Beyond doubt without marks too: "tỉnh thành" is no "tính thành".
COUNTRY_COUNT_PLAIN = re.compile(
    r"(?:bao nhieu|may) (?:tinh thanh|tinh,? thanh pho|tinh va thanh pho)|con (?:lai )?(?:bao nhieu|may) tinh\b|(?:viet nam|ca nuoc|nuoc ta|toan quoc)[^?]{0,20}(?:bao nhieu|may) tinh\b"
)
# What else such a question may say.
COUNTRY_FILLER = re.compile(
    r"(?:co|bao nhieu|may|tat ca|tong cong|tong so|so|tinh|thanh pho|thanh|xa|phuong|dac khu|don vi|hanh chinh|cap|va|ca nuoc|nuoc ta|nuoc|viet nam|viet|nam|hien nay|hien tai|hien|bay gio|gio"
    r"|sau khi|sau|sap xep|sap nhap|truc thuoc|trung uong|ke ten|giup|toi|em|minh|cho|hoi|biet|la|the|vay|a|ban|oi|nhi|con|lai|nay|moi|cua|o|toan quoc|duoc|thi|tren|danh sach|liet ke|gom|nhung"
    r"|nao|cac|ke|ra|day du|34|63|7|27|how many|provinces|communes|wards|special zones|are there|does|vietnam|have|in|now|[,.?!:;/()\"'-]|\s)*"
)
DISTRICT_COUNT = re.compile(r"(?:bao nhieu|may) (?:quan|huyen|don vi cap huyen)")
COUNTRY_LIST = re.compile(
    r"(?:danh sach|liet ke|ke ten|ten|ke) (?:cac |nhung |cua |ra |7 |27 |34 |bay )*(?:tinh|thanh pho)|(?:nhung|cac|7|bay) thanh pho(?: truc thuoc)?(?: trung uong)? (?:nao|la|gom)|34 tinh(?: thanh)?(?: pho)?(?: moi)? (?:gom|la|nao)|(?:gom|co|la) nhung (?:tinh|thanh pho)(?: thanh)? nao"
)
UNCHANGED = re.compile(
    r"(?:tinh|thanh pho|dia phuong|tinh thanh)[^?]{0,20} nao[^?]{0,20}(?:khong (?:bi |phai )?(?:sap nhap|nhap|doi)|giu nguyen)|(?:giu nguyen|khong sap nhap) [^?]{0,20}(?:tinh|dia phuong) nao"
)
MERGERS = re.compile(
    r"(?:nhung|cac) (?:tinh|tinh thanh)[^?]{0,12}(?: nao)? (?:bi |duoc |da |phai )*(?:sap nhap|nhap|hop nhat|gop)"
)
DISTRICTS = re.compile(
    r"district level|(?:con|co) (?:ton tai |co )?(?:cap |don vi cap )?(?:huyen|quan huyen|quan,? huyen)(?: nua)?(?: hay)? (?:khong|ko|hong|nua|hay)|(?:cap huyen|quan,? huyen|huyen,? quan|cac huyen|uy ban huyen)[^?_]{0,25}(?:con (?:khong|nua|ton tai|hoat dong)|bi bo|da bo|bo (?:chua|roi|tu|khi|han|het|di)|giai the|het chua|xoa)"
    r"|(?:bo|xoa|bai bo|giai the|khong con|het) (?:cap )?(?:huyen|quan huyen|quan,? huyen)(?: tu| khi| chua| roi| bao gio| nao| ngay| la| dung| phai| that| khong|\W*$)"
)
TOGETHER = re.compile(r"nhap|gop|hop nhat|ghep|merge|\blai\b|thuoc")
BESIDE = re.compile(r"\W*_\W*(?:gio|bay gio|nay|hien|nhap|sap nhap|cu|doi)\b")
TODAY = re.compile(r"_ (?:moi|hien nay|bay gio|gio|nay)\b|truoc")
SEAT_OF_COMMUNE = re.compile(r"tru so|uy ban|ubnd|trung tam")
