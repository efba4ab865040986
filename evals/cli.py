"""`haicap eval`: every evaluation by name, what it takes and the module that runs it.

As in bot/doors/cli/commands.py nothing is imported here that takes time.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.doors.cli.parser import Command, Commands, Parser
from evals.sets.halves import HALVES
from evals.sets.typing_styles import STYLES


def register(commands: Commands[Parser]) -> None:
    """Add `eval` to the commands of `haicap`."""
    EVAL.add(commands)


def _eval(parser: Parser) -> None:
    parser.add_argument(
        "--set",
        dest="half",
        choices=(*HALVES, "all"),
        default="all",
        help="nửa bộ câu hỏi: để chỉnh, để báo cáo, hay cả hai (mặc định)",
    )
    _styles(parser)
    parser.add_argument(
        "--floors", action="store_true", help="báo lỗi khi có số đo không đạt mức sàn"
    )
    _data(parser)
    parser.add_argument("--out", metavar="THƯ_MỤC", type=Path, help="ghi báo cáo vào đây")
    _json(parser)
    others: Commands[Parser] = parser.add_subparsers(
        title="Các phép đo khác", metavar="PHÉP_ĐO", parser_class=Parser
    )
    for evaluation in EVALUATIONS:
        evaluation.add(others)


def _retrieval(parser: Parser) -> None:
    parser.add_argument(
        "--set",
        dest="folder",
        metavar="THƯ_MỤC",
        type=Path,
        required=True,
        help="có corpus.jsonl, queries.jsonl, và qrels.tsv hoặc qrels/test.tsv",
    )
    parser.add_argument(
        "--run",
        dest="run_file",
        metavar="TỆP",
        type=Path,
        help="ghi kết quả dạng TREC (kiểu gõ đầu) vào đây; kiểu khác vào tệp cùng tên có thêm kiểu",
    )
    _styles(parser)
    parser.add_argument("--seed", type=int, default=0, metavar="SỐ", help="hạt giống của kiểu gõ")
    parser.add_argument(
        "--data",
        metavar="THƯ_MỤC",
        type=Path,
        help="giữ chỉ mục và véc-tơ ở đây cho lần sau (mặc định: thư mục tạm, xong thì xoá)",
    )
    parser.add_argument(
        "--ablation",
        metavar="TỆP",
        type=Path,
        help="thử bỏ hoặc đổi từng phần của việc tìm, ghi bảng vào đây (nối vào tệp có sẵn)",
    )


def _dialogues(parser: Parser) -> None:
    _styles(parser)
    _floors(parser)
    _data(parser)
    _json(parser)


def _people(parser: Parser) -> None:
    parser.add_argument(
        "--half", choices=(*HALVES, "all"), default="all", help="nửa bộ câu hỏi (mặc định: cả hai)"
    )
    parser.add_argument(
        "--answers", metavar="TỆP", type=Path, help="ghi mọi câu trả lời vào đây cho người chấm"
    )
    parser.add_argument(
        "--grades", metavar="TỆP", type=Path, help="điểm của người chấm (docs/grading.md)"
    )
    _styles(parser, STYLES[:1])
    _floors(parser)
    _json(parser)


def _sentences(parser: Parser) -> None:
    _floors(parser)
    _json(parser)


def _duties(parser: Parser) -> None:
    _floors(parser)
    _json(parser)


def _left_out(parser: Parser) -> None:
    _styles(parser)
    _floors(parser)
    _json(parser)


def _record(parser: Parser) -> None:
    parser.add_argument("file", metavar="TỆP", type=Path, help="tệp .jsonl.gz sẽ ghi")
    _styles(parser)


def _compare(parser: Parser) -> None:
    parser.add_argument("before", metavar="TRƯỚC", type=Path)
    parser.add_argument("after", metavar="SAU", type=Path)
    parser.add_argument("--show", metavar="N", type=int, default=0, help="in N chỗ khác đầu tiên")


def _styles(parser: Parser, default: Sequence[str] = STYLES) -> None:
    usual = "tất cả" if default == STYLES else ", ".join(default)
    parser.add_argument(
        "--styles",
        nargs="+",
        choices=STYLES,
        default=default,
        metavar="KIỂU_GÕ",
        help=f"{', '.join(STYLES)} (mặc định: {usual})",
    )


def _floors(parser: Parser) -> None:
    parser.add_argument("--floors", action="store_true", help="báo lỗi khi không đạt mức sàn")


def _data(parser: Parser) -> None:
    parser.add_argument("--data", metavar="THƯ_MỤC", type=Path, help="thư mục dữ liệu có sẵn")


def _json(parser: Parser) -> None:
    parser.add_argument("--json", action="store_true", help="in kết quả dạng JSON")


EVAL = Command("eval", "đo chất lượng câu trả lời", "evals.asking.questions:run", _eval)
# Without one of these names the questions are asked.
EVALUATIONS: tuple[Command, ...] = (
    Command(
        "retrieval",
        "đo riêng phần tìm, trên một bộ câu hỏi theo lối BEIR",
        "evals.retrieval.command:run",
        _retrieval,
    ),
    Command("places", "tra mọi xã, phường cũ có trong dữ liệu", "evals.asking.sweep:run", _json),
    Command("dialogues", "đo việc hiểu câu hỏi nối tiếp", "evals.asking.dialogues:run", _dialogues),
    Command(
        "people",
        "đo trên câu hỏi như người ta hỏi thật",
        "evals.asking.people:run",
        _people,
    ),
    Command(
        "sentences",
        "đo việc đối chiếu câu của mô hình ngôn ngữ",
        "evals.asking.sentences:run",
        _sentences,
    ),
    Command(
        "duties",
        "đo việc đọc ra ai, làm gì, hạn nào",
        "evals.asking.duties:run",
        _duties,
    ),
    Command(
        "left-out",
        "đo trên văn bản mà mô hình chưa từng học",
        "evals.asking.left_out:run",
        _left_out,
    ),
    Command(
        "record",
        "ghi lại mọi câu trả lời để so sau khi sửa mã",
        "evals.asking.recorder:run_record",
        _record,
    ),
    Command("compare", "so hai bản ghi câu trả lời", "evals.asking.recorder:run_compare", _compare),
)
