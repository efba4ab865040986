"""Every command of `haicap`: its name, its help, the module that runs it, what it takes.

Nothing here is imported that takes time: `haicap --help` and a mistyped option are answered from
this file, and the module of a command is imported when that command is run.
"""

from __future__ import annotations

from pathlib import Path

from bot.doors.cli.parser import Command, Parser


def _serve(parser: Parser) -> None:
    parser.add_argument("--host", metavar="ĐỊA_CHỈ", help="thay cho HAICAP_HOST")
    parser.add_argument("--port", metavar="CỔNG", help="thay cho HAICAP_PORT")


def _ask(parser: Parser) -> None:
    parser.add_argument("question", metavar="CÂU_HỎI", nargs="+", help="câu hỏi; '-' đọc từ stdin")
    parser.add_argument("--json", action="store_true", help="in câu trả lời dạng JSON")
    parser.add_argument(
        "--explain", action="store_true", help="in từng bước: đọc ra gì, nguồn nào nhận, vì sao"
    )


def _documents(parser: Parser) -> None:
    parser.add_argument("--json", action="store_true", help="in danh sách dạng JSON")


def _ingest(parser: Parser) -> None:
    parser.add_argument("paths", metavar="ĐƯỜNG_DẪN", nargs="+", type=Path, help="tệp hoặc thư mục")
    parser.add_argument("--preview", action="store_true", help="chỉ xem đọc được gì, không ghi")
    parser.add_argument("--yes", action="store_true", help="nạp ngay, không hỏi lại")
    parser.add_argument(
        "--replace", action="store_true", help="thay văn bản cùng số, nơi ban hành và năm"
    )
    parser.add_argument("--number", metavar="SỐ_HIỆU", help="số hiệu, thay cho số đọc được")
    parser.add_argument("--title", metavar="TÊN", help="tên văn bản, thay cho tên đọc được")
    parser.add_argument("--issuer", metavar="CƠ_QUAN", help="nơi ban hành, thay cho nơi đọc được")
    parser.add_argument("--issued-on", metavar="NGÀY", help="ngày ban hành, dạng 2025-07-11")


def _places(parser: Parser) -> None:
    parser.add_argument("text", metavar="ĐỊA_CHỈ", nargs="*", help="địa chỉ hoặc câu có địa chỉ")
    parser.add_argument("--json", action="store_true", help="in kết quả dạng JSON")
    parser.add_argument("--file", metavar="TỆP", type=Path, help="bảng địa chỉ cũ, .csv hoặc .xlsx")
    parser.add_argument("--out", metavar="TỆP", type=Path, help="tệp kết quả (với --file)")
    parser.add_argument("--column", metavar="CỘT", help="tên hoặc số thứ tự cột địa chỉ")


def _procedures(parser: Parser) -> None:
    parser.add_argument("text", metavar="LỜI", nargs="+", help="việc cần làm, hoặc mã thủ tục")
    parser.add_argument("--json", action="store_true", help="in danh sách dạng JSON")


def _ingest_procedures(parser: Parser) -> None:
    parser.add_argument("file", metavar="TỆP", type=Path, help="tệp .jsonl hoặc .jsonl.gz")
    parser.add_argument("--as-of", metavar="THÁNG", help="tháng của dữ liệu, dạng 2026-06")


def _offices(parser: Parser) -> None:
    parser.add_argument("text", metavar="LỜI", nargs="*", help="xã, phường cần xem (tên hoặc mã)")
    parser.add_argument("--json", action="store_true", help="in kết quả dạng JSON")
    parser.add_argument("--file", metavar="TỆP", type=Path, help="nạp bảng trụ sở, .csv hoặc .xlsx")
    parser.add_argument(
        "--as-of", metavar="NGÀY", help="ngày của dòng không ghi ngày (với --file), dạng 2026-11-01"
    )
    parser.add_argument(
        "--skip-bad", action="store_true", help="bỏ dòng hỏng, nạp dòng tốt (với --file)"
    )
    parser.add_argument("--template", action="store_true", help="in bảng mẫu (CSV) để điền")
    parser.add_argument("--remove", metavar="MÃ_XÃ", help="bỏ các trụ sở của một xã, phường")


def _doctor(parser: Parser) -> None:
    parser.add_argument(
        "--repair",
        action="store_true",
        help="dữ liệu hỏng: khôi phục từ bản sao tốt gần nhất, không có thì dựng lại",
    )


def _backup(parser: Parser) -> None:
    parser.add_argument(
        "file", metavar="TỆP", nargs="?", type=Path, help="nơi ghi; trống: backups/ của dữ liệu"
    )


def _restore(parser: Parser) -> None:
    parser.add_argument("file", metavar="TỆP", type=Path, help="bản sao của haicap backup")


def _duties(parser: Parser) -> None:
    parser.add_argument("--body", metavar="CƠ_QUAN", help="việc của một cơ quan, gõ không dấu được")
    parser.add_argument("--document", metavar="VĂN_BẢN", help="số hiệu hoặc id của văn bản")
    parser.add_argument("--from", dest="from_day", metavar="NGÀY", help="hạn từ ngày này")
    parser.add_argument("--to", dest="to_day", metavar="NGÀY", help="hạn đến hết ngày này")
    parser.add_argument("--overdue", action="store_true", help="chỉ việc đã qua hạn")
    parser.add_argument(
        "--on", metavar="NGÀY", help="tính quá hạn vào ngày này (mặc định: hôm nay)"
    )
    parser.add_argument("--json", action="store_true", help="in danh sách dạng JSON")
    parser.add_argument("--csv", metavar="TỆP", type=Path, help="ghi bảng CSV vào đây")
    parser.add_argument("--xlsx", metavar="TỆP", type=Path, help="ghi bảng Excel vào đây")
    parser.add_argument("--ics", metavar="TỆP", type=Path, help="ghi lịch iCalendar vào đây")


def _telegram(parser: Parser) -> None:
    parser.add_argument("--delete-webhook", action="store_true", help="gỡ webhook của bot rồi dừng")


# In the order of `haicap --help`.
COMMANDS: tuple[Command, ...] = (
    Command("serve", "mở trang web và API trên máy này", "bot.doors.cli.serve:run", _serve),
    Command("ask", "hỏi một câu", "bot.doors.cli.ask:run", _ask),
    Command("chat", "trò chuyện, hỏi nhiều câu nối tiếp", "bot.doors.cli.chat:run"),
    Command("documents", "liệt kê các văn bản đang có", "bot.doors.cli.documents:run", _documents),
    Command(
        "ingest",
        "nạp văn bản: DOCX, DOC, PDF, bản quét, RTF, HTML, Markdown, chữ thuần, hoặc cả thư mục",
        "bot.doors.cli.ingest:run",
        _ingest,
    ),
    Command("doctor", "kiểm tra cài đặt, dữ liệu, chỉ mục", "bot.doors.cli.doctor:run", _doctor),
    Command(
        "backup", "sao lưu dữ liệu, máy chủ vẫn chạy", "bot.doors.cli.backup:run_backup", _backup
    ),
    Command(
        "restore", "khôi phục dữ liệu từ một bản sao", "bot.doors.cli.backup:run_restore", _restore
    ),
    Command("places", "tra xã, phường, tỉnh cũ và mới", "bot.doors.cli.places:run", _places),
    Command(
        "procedures",
        "tìm thủ tục theo lời thường hoặc theo mã",
        "bot.doors.cli.procedures:run",
        _procedures,
    ),
    Command(
        "ingest-procedures",
        "nạp thủ tục xuất từ Cổng Dịch vụ công quốc gia (JSON dòng, .gz)",
        "bot.doors.cli.ingest_procedures:run",
        _ingest_procedures,
    ),
    Command(
        "offices",
        "trụ sở của xã, phường: nạp bảng địa chỉ, giờ làm việc, điện thoại; xem, bỏ",
        "bot.doors.cli.offices:run",
        _offices,
    ),
    Command(
        "duties",
        "ai làm gì, hạn nào: xem, ghi ra CSV, Excel, lịch",
        "bot.doors.cli.duties:run",
        _duties,
    ),
    Command("telegram", "chạy bot Telegram (cần token)", "bot.doors.cli.telegram:run", _telegram),
)
