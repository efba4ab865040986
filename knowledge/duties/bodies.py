"""The bodies that duties are given to: where their names begin, and where the deed begins.

The heads and verbs are those of administrative language at large. A name ends where a verb in
small letters begins; "Ban Tổ chức" and "các tổ chức đảng" hold none.
"""

from __future__ import annotations

import re
from typing import NamedTuple

MAX_NAME_CHARS = 260
_HEADS = """
bộ|ban|sở|uỷ ban|ủy ban|ubnd|hđnd|ubmttq|mttq|hội đồng|đảng uỷ|đảng ủy|đảng bộ|chi bộ|chi uỷ|chi ủy|tỉnh uỷ|tỉnh ủy|
thành uỷ|thành ủy|cấp uỷ|cấp ủy|văn phòng|trung tâm|công an|phòng|chi cục|cục|tổng cục|vụ|thanh tra tỉnh|thanh tra bộ|thanh tra chính phủ|toà án|tòa án|viện|
mặt trận|đoàn thanh niên|trung ương đoàn|tỉnh đoàn|thành đoàn|đoàn thể|hội|liên đoàn|liên minh|liên hiệp|chủ tịch|phó chủ tịch|giám đốc|
phó giám đốc|trưởng|phó trưởng|chánh|phó chánh|thủ trưởng|thủ tướng|người đứng đầu|bí thư|phó bí thư|trạm|trường|hiệu trưởng|trưởng thôn|tổ|đội|nhóm|
chính phủ|quốc hội|ngành|cơ quan|đơn vị|địa phương|các tổ chức|tổ chức đảng|tổ chức chính trị|công chức|viên chức|cán bộ|kho bạc|bảo hiểm xã hội|ngân hàng|viễn thông|bưu điện|
điện lực|doanh nghiệp|tập đoàn|tổng công ty|công ty|kiểm toán nhà nước|hải quan|thuế|đài|báo|bệnh viện|quân khu|học viện|đại học|thường trực|
cấp tỉnh|cấp xã|cấp huyện|xã|phường|đặc khu|thành phố|tỉnh|khối|chủ đầu tư|hợp tác xã|thành viên|đảng viên|hạt kiểm lâm|bộ trưởng|ban thường vụ
"""
_ADVERBS = """
phải|cần|nên|có trách nhiệm|chịu trách nhiệm|có nhiệm vụ|khẩn trương|tiếp tục|tập trung|chủ động|thường xuyên|kịp thời|định kỳ|tăng cường|nghiêm túc|
đẩy mạnh|quyết liệt|tích cực|trực tiếp|chủ trì|phối hợp|lãnh đạo|chỉ đạo|căn cứ|quán triệt|quyết tâm|nghiên cứu|hoàn thành|hằng|hàng|theo dõi
"""
_VERBS = """
tham mưu|tổ chức|triển khai|thực hiện|hướng dẫn|kiểm tra|giám sát|đôn đốc|báo cáo|tổng hợp|rà soát|sửa đổi|bổ sung|ban hành|xây dựng|
hoàn thiện|bố trí|bảo đảm|đảm bảo|tiếp nhận|tiếp công dân|tiếp thu|tiến hành|thi hành|tuyên truyền|phổ biến|vận động|cung cấp|cập nhật|công khai|niêm yết|
giải quyết|xử lý|khắc phục|tháo gỡ|đề xuất|trình|lập|cử|giao|phân công|đánh giá|thống kê|thẩm định|thẩm tra|bàn giao|duy trì|kiện toàn|sắp xếp|
làm|giúp|nắm|bám sát|quan tâm|hỗ trợ|đào tạo|tập huấn|bồi dưỡng|chuẩn bị|lựa chọn|rút kinh nghiệm|sơ kết|tổng kết|thành lập|quyết định|gửi|nộp|chấp hành|
phát huy|phát động|thông báo|đăng ký|cân đối|phê duyệt|bảo vệ|phản ánh|tạo điều kiện|quản lý|sử dụng|vận hành|nâng cao|mở|tạo|đưa|kiểm soát|ứng dụng|thiết lập|
tăng|giảm|khai thác|số hoá|số hóa|đầu tư|mua sắm|sửa chữa|cải tạo|nâng cấp|chi trả|cấp|thu hồi|thanh tra|trả lời|tham gia|chấn chỉnh|công bố|lưu trữ|xác định|phân bổ|
quy định|đổi mới|phát|khảo sát|liên hệ|ký|trả|thu|xem xét|cải cách|điều chỉnh|không để|đề nghị|yêu cầu|huy động|tìm|đón|dự|theo dõi|rà|phát hiện|ngăn chặn|thúc đẩy|kết nối|quyết toán|đối chiếu|
chứng thực|xác minh|soạn thảo|diễn tập|tuần tra|động viên|khen thưởng|xử phạt
"""


def _words(listed: str) -> str:
    words = (w.strip() for w in listed.replace("\n", "").split("|"))
    return "|".join(re.escape(w).replace(r"\ ", r"\s+") for w in sorted(words, key=len)[::-1])


# Words that begin as a body's name does and are none: "ban hành", "hội nghị", "phòng, chống".
_NO_HEAD = (
    r"(?!(?:ban\s+hành|báo\s+cáo|bộ\s+(?:máy|thủ|hồ|tài|đội)|hội\s+(?:nghị|thảo|thi|họp|nhập)|tổ\s+(?:chức|quốc)|trường\s+hợp|"
    r"phòng,?\s+(?:chống|ngừa)|đội\s+ngũ|khối\s+lượng|xã\s+hội|sở\s+hữu|tỉnh\s+táo|cấp\s+xã\s+hội|trưởng\s+thành)(?!\w))"
)
_HEAD = re.compile(
    rf"(?:(?:các|những|mỗi|từng|mọi|toàn\s+thể|tập\s+thể)\s+)?(?:các\s+)?(?:đồng\s+chí\s+)?{_NO_HEAD}(?:{_words(_HEADS)})(?!\w)",
    re.IGNORECASE,
)
_VERB = re.compile(rf"(?<!\w)(?:(?P<adverb>{_words(_ADVERBS)})|{_words(_VERBS)})(?!\w)")
_IMPERATIVE = re.compile(rf"(?:{_words(_ADVERBS)}|{_words(_VERBS)})(?!\w)", re.IGNORECASE)
_DIRECTIVE = re.compile(rf"(?:{_words(_ADVERBS)})(?!\w)", re.IGNORECASE)
_STOP = re.compile(r"[.:;!?\n|]")
# A verb behind one of these is part of a name: "các tổ chức", "uỷ ban kiểm tra tỉnh uỷ".
_IN_NAME = re.compile(
    r"(?<!\w)(?:các|những|của|ban|uỷ ban|ủy ban|tổ|viện|trung tâm|phòng|người|cơ quan|công tác|bộ|mọi|hoạt động|việc|sở|sự)\s$",
    re.IGNORECASE,
)
_ORGANISED = re.compile(
    r"tổ chức(?=\s+(?:đảng|chính trị|liên quan|có liên quan|cơ sở|hội|đoàn thể|và|trực thuộc|xã hội|thành viên)(?!\w)|,)"
)
# What is told, conditioned or said of somebody is no order to him.
_NO_NAME = re.compile(
    r"(?<!\w)(?:đã|đang|được|bị|sẽ|vừa|là|do|để|nếu|khi|chưa|không|mà|thì|vẫn|rất|mới|"
    r"ghi nhận|biểu dương|đánh giá cao|hoan nghênh|nhất trí|thống nhất|cho rằng|cho biết|nhận định)(?!\w)"
)
_NOUN_AHEAD = re.compile(
    r"cấp\s+(?:uỷ|ủy|xã|tỉnh|huyện|trên|dưới|cơ sở|phó|trưởng|có thẩm quyền|trung ương)(?!\w)",
    re.IGNORECASE,
)
_NAME_ENDS = re.compile(r"\s(?:trong|để|nhằm|khi|theo|qua)\s")
_DIRECTS = re.compile(r"(?<!\w)(?:chỉ đạo|lãnh đạo|đôn đốc)\s+(?=\S)", re.IGNORECASE)
_WITH = re.compile(
    r"(?<!\w)phối\s+hợp\s+(?:chặt\s+chẽ\s+|thường\s+xuyên\s+)*(?:cùng\s+với|cùng|với)\s+",
    re.IGNORECASE,
)


class Body(NamedTuple):
    """A name, `text[start:end]`, and where what it is to do begins."""

    start: int
    end: int
    deed: int


def body_at(text: str, start: int, end: int, *, ends_anywhere: bool = False) -> Body | None:
    """The body whose name begins at `start`; None where none does or nothing is to be done.

    `ends_anywhere`: the name may also end with the words, or at a colon.
    """
    head = _HEAD.match(text, start, end)
    if head is None:
        return None
    stop = _STOP.search(text, head.end(), min(end, start + MAX_NAME_CHARS))
    until = stop.start() if stop else min(end, start + MAX_NAME_CHARS)
    verb = _first_verb(text, head.end(), end if text[start:until].count("(") else until)
    if verb is None and not (ends_anywhere and (stop is None or stop[0] in ":.;")):
        return None
    deed = verb.start() if verb else until
    if ends_anywhere and (ends := _NAME_ENDS.search(text, head.end(), deed)):
        deed = ends.start()
    name_end = start + len(_bare_name(text[start:deed]))
    if name_end <= start or _NO_NAME.search(text[start:name_end].lower()):
        return None
    return Body(start, name_end, deed)


def _bare_name(words: str) -> str:
    """Without a bracket or a comma behind it."""
    words = re.sub(r"\s*\([^()]*\)\s*$", "", words.rstrip())
    return words.rstrip(" ,;:.*")


def _first_verb(text: str, start: int, end: int) -> re.Match[str] | None:
    """The first verb outside of brackets that is no part of a name."""
    depth, at = 0, start
    for verb in _VERB.finditer(text, start, end):
        between = text[at : verb.start()]
        depth += between.count("(") - between.count(")")
        at = verb.start()
        if depth > 0:
            continue
        if depth == 0 and _STOP.search(_without_brackets(text[start : verb.start()])):
            return None
        if _ORGANISED.match(text, verb.start()) or _NOUN_AHEAD.match(text, verb.start()):
            continue
        if verb["adverb"] or not _IN_NAME.search(text[start - 12 : verb.start()]):
            return verb
    return None


def _without_brackets(words: str) -> str:
    return re.sub(r"\([^()]*\)", "", words)


def is_imperative(text: str, start: int, end: int) -> bool:
    """Whether words begin with what is to be done."""
    return _IMPERATIVE.match(text, start, end) is not None


def is_directive(text: str, start: int, end: int) -> bool:
    """Whether the deed begins as orders do, not as news does."""
    return _DIRECTIVE.match(text, start, end) is not None


def is_only_name(text: str, start: int, end: int) -> bool:
    """Whether words are the name of a body and nothing else, as a heading's are."""
    head = _HEAD.match(text, start, end)
    return (
        head is not None
        and _first_verb(text, head.end(), end) is None
        and not _NO_NAME.search(text[start:end].lower())
    )


def partners_in(text: str, start: int, end: int) -> str:
    """With whom; empty where it is not said."""
    for said in _WITH.finditer(text, start, end):
        if found := body_at(text, said.end(), end, ends_anywhere=True):
            return text[found.start : found.end]
    return ""


def directed_in(text: str, start: int, end: int) -> str:
    """Whom the bearer is to make do it; empty where it is not said."""
    for said in _DIRECTS.finditer(text, start, end):
        if found := body_at(text, said.end(), end):
            return text[found.start : found.end]
    return ""
