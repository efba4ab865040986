"""The measurements of `haicap bench` as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from evals.bench.parts import REST
from evals.bench.plot import plot
from evals.bench.run import Bench, Crowd, Machine, Memory, Times
from evals.bench.scale import AT_ONCE, Load, Scale
from evals.bench.search import TOP, SearchRow
from evals.scoring.metrics import percentile

LABELS: Final = {
    "analyse": "hiểu chữ: chuẩn hoá, chữ tắt, số hiệu",
    "restore": "thêm dấu, sửa lỗi gõ",
    "embed": "nhúng câu hỏi thành véc-tơ",
    "places": "xem có phải hỏi địa danh",
    "procedures": "tìm và chọn thủ tục",
    "dense": "tìm theo nghĩa (Chroma)",
    "lexical": "tìm theo chữ (tantivy)",
    "rerank": "xếp lại thứ tự",
    "judge": "xét xem có đoạn nào trả lời không",
    "compose": "soạn lời và trích dẫn",
    "save": "lưu câu trả lời",
    "remember": "lưu lượt hỏi",
    REST: "còn lại: hiểu ý hỏi, chọn câu trích, tìm ý đầu",
}
_Row = Sequence[str]
BUSY: Final = 0.5  # running programs a core before we begin; we need the cores ourselves


def markdown(bench: Bench, plot_file: str = "") -> str:
    """The whole report; `plot_file` is shown in it when there is more than one size."""
    return "\n\n".join(_report(bench, plot_file)) + "\n"


def plotted(bench: Bench) -> str:
    """The plot of the sizes, an SVG."""
    return plot(bench.scales)


def _report(bench: Bench, plot_file: str) -> Iterator[str]:
    yield "# Thời gian và bộ nhớ"
    yield (
        "Tệp này do `make bench` (`haicap bench`) ghi ra. Mọi con số đo trong một lần chạy, bằng "
        f"chính sản phẩm, trên {bench.questions} câu hỏi gõ đủ dấu của nửa dùng để chỉnh."
    )
    yield machine_line(bench.machine, bench.embedder)
    yield "## Khởi động và bộ nhớ"
    yield _table(
        ("", "thời gian", "bộ nhớ", "lúc cao nhất"),
        [
            (
                f"lần đầu, thư mục dữ liệu trống, lập chỉ mục {bench.units} câu",
                f"{_number(bench.first_start_s, 1)} s",
                *_memory(bench.first_memory),
            ),
            (
                f"lần sau (bộ nhớ: sau khi {AT_ONCE} người cùng hỏi)",
                f"{_number(bench.next_start_s, 1)} s",
                *_memory(bench.memory),
            ),
        ],
    )
    yield (
        "Thời gian tính từ lúc gọi `haicap serve` đến lúc `/readyz` trả lời 200. "
        "Bộ nhớ là phần thường trú (RSS) của tiến trình phục vụ."
    )
    yield "## Trả lời"
    yield _table(
        ("", "p50", "p95", "câu mỗi giây"),
        [
            ("hỏi lần lượt, gọi thẳng", *_times(bench.assistant), ""),
            ("hỏi lần lượt, qua HTTP", *_times(bench.http), ""),
            (f"{AT_ONCE} câu cùng lúc, gọi thẳng", *_crowd(bench.assistant_crowd)),
            (f"{AT_ONCE} câu cùng lúc, qua HTTP", *_crowd(bench.http_crowd)),
            ("phần bot Telegram thêm vào, hỏi lần lượt", *_times(bench.telegram_added), ""),
        ],
    )
    yield (
        "Phần bot Telegram thêm vào: từ lúc máy chủ Bot API (một máy chủ nhỏ trên cùng máy, nên "
        "không tính mạng tới Telegram) có tin đến lúc nó nhận câu trả lời, trừ thời gian của câu "
        "trả lời."
    )
    yield (
        f"Đã làm nóng bằng những câu gõ kiểu khác. Bên hỏi cùng chạy trên {bench.machine.cores} "
        "nhân đó."
    )
    yield "## Từng phần của một câu trả lời"
    yield _table(("phần", "số câu cần", "p50", "p95", "phần thời gian"), list(_parts(bench)))
    yield "## Chỉ tìm đoạn, cạnh cách thường dùng"
    yield from _search(bench.search)
    if bench.scales:
        yield "## Khi kho văn bản lớn lên"
        yield from _scales(bench.scales, plot_file)


def machine_line(machine: Machine, embedder: str) -> str:
    """What the figures were measured on, in one line."""
    facts = [f"{machine.cores} nhân"]
    if machine.memory_gb is not None:
        facts.append(f"{_number(machine.memory_gb, 0)} GB bộ nhớ")
    facts += [machine.system, f"Python {machine.python}", f"bộ nhúng `{embedder}`"]
    text = f"Ngày {machine.day}. Máy: {', '.join(facts)}."
    if machine.load is None:
        return text
    text = f"{text} Tải của máy trong phút trước khi đo: {_number(machine.load, 1)}."
    if machine.load <= BUSY * machine.cores:
        return text
    return f"{text} **Máy đang bận việc khác khi đo, nên các thời gian dưới đây dài hơn lúc rảnh.**"


def _parts(bench: Bench) -> Iterator[_Row]:
    whole = sum(bench.parts.total)
    for name, took in bench.parts.parts.items():
        if took:
            share = f"{_number(100 * sum(took) / whole, 0)} %"
            yield LABELS[name], str(len(took)), *_spread(took), share
    yield (
        "riêng việc tra địa danh, trên câu hỏi về địa danh",
        str(bench.places.count),
        *_times(bench.places),
        "",
    )
    yield "cả câu", str(len(bench.parts.total)), *_spread(bench.parts.total), "100 %"


def _search(rows: Sequence[SearchRow]) -> Iterator[str]:
    yield (
        f"Cùng văn bản, cùng bộ nhúng, cùng {rows[0].questions} câu có lời đáp, lấy {TOP} đoạn, "
        "đo trong cùng một lần chạy. “Cách thường dùng”: bộ cắt đệ quy của LangChain "
        "(RecursiveCharacterTextSplitter) cắt văn bản thành mẩu, kho Chroma của LangChain với "
        "thiết lập mặc định lấy những mẩu gần nhất."
    )
    yield _table(
        (
            "cách",
            "hit@1 có dấu",
            "hit@3 có dấu",
            "hit@1 không dấu",
            "hit@3 không dấu",
            "đoạn đầu dài",
            "tìm p50",
            "tìm p95",
            "số véc-tơ",
            "lập chỉ mục",
        ),
        [_search_row(row) for row in rows],
    )
    yield (
        "Một kết quả được tính đúng khi nó và đoạn trả lời chung nhau ít nhất nửa chiều dài của "
        "bên ngắn hơn, nên mẩu dài không bị thiệt. “Đoạn đầu dài” là trung vị số ký tự của kết "
        "quả đầu tiên, tức là phần người hỏi phải đọc. Thời gian tìm gồm cả nhúng câu hỏi. Nửa "
        "câu hỏi này đã dùng khi chọn trọng số của Hai Cấp, nên Hai Cấp có lợi thế ở đây; con số "
        "trên nửa chưa dùng nằm ở [evaluation.md](evaluation.md)."
    )
    yield "\n".join(_ratios(rows))


def _scales(scales: Sequence[Scale], plot_file: str) -> Iterator[str]:
    yield (
        "Ngoài năm văn bản đi kèm, phần còn lại là văn bản giả: chữ lấy từ năm văn bản ấy và xáo "
        "trộn, chia như luật (mỗi Điều bốn khoản). **Véc-tơ của phần giả cũng là giả** (trung bình "
        "của ba véc-tơ thật, cộng nhiễu), nên bảng này nói về thời gian và chỗ, không nói về chất "
        "lượng; recall@10 nói Chroma tìm ra bao nhiêu trong mười đoạn gần nhất. Mỗi cỡ "
        f"chạy trong một tiến trình riêng. Tìm lấy {TOP} đoạn, gồm cả nhúng câu hỏi; LangChain + "
        "Chroma chạy trên cùng văn bản, cùng bộ nhúng. Thời gian lập chỉ mục không gồm nhúng."
    )
    yield _table(
        ("", *(_passages(s) for s in scales)),
        [(label, *(cell(s) for s in scales)) for label, cell in _SCALE_ROWS],
    )
    for before, after in pairwise(scales):
        grown = after.search.p50_ms / before.search.p50_ms
        yield (
            f"Từ {_passages(before)} lên {_passages(after)}, thời gian tìm p50 gấp "
            f"{_number(grown, 2)} lần."
        )
    yield "Từng phần của một câu trả lời, lần lượt, p50 / p95:"
    yield _table(
        ("phần", *(_passages(s) for s in scales)),
        [
            (label, *(_pair(*s.parts[name]) if name in s.parts else "–" for s in scales))
            for name, label in LABELS.items()
        ],
    )
    if plot_file and len(scales) > 1:
        yield f"![Thời gian theo số đoạn]({plot_file})"


def _search_row(row: SearchRow) -> _Row:
    build = "như trên" if row.build_s is None else f"{_number(row.build_s, 1)} s"
    return (
        _name(row),
        _percent(row.hit_at_1["careful"]),
        _percent(row.hit_at_3["careful"]),
        _percent(row.hit_at_1["unaccented"]),
        _percent(row.hit_at_3["unaccented"]),
        f"{_number(row.first_chars, 0)} ký tự",
        _ms(row.p50_ms),
        _ms(row.p95_ms),
        str(row.pieces),
        build,
    )


def _ratios(rows: Sequence[SearchRow]) -> Iterator[str]:
    """Our search with its reranker against each of the others."""
    ours = next(row for row in rows if row.name == "rerank")
    for row in rows:
        if row.name != "chunks":
            continue
        yield (
            f"- Hai Cấp so với {_name(row)}: hit@1 có dấu {_ratio(ours, row, 'careful')}, "
            f"không dấu {_ratio(ours, row, 'unaccented')}; "
            f"thời gian tìm p50 gấp {_number(ours.p50_ms / row.p50_ms, 1)} lần."
        )


def _ratio(ours: SearchRow, other: SearchRow, style: str) -> str:
    mine, theirs = (
        next(value for name, value in row.hit_at_1.items() if name == style)
        for row in (ours, other)
    )
    return f"gấp {_number(mine / theirs, 2)} lần" if theirs else "(bên kia bằng 0)"


def _name(row: SearchRow) -> str:
    if row.name == "search":
        return "Hai Cấp, chưa xếp lại"
    if row.name == "rerank":
        return "Hai Cấp"
    return f"cách thường dùng, mẩu {row.size} ký tự, gối {row.overlap}"


def _load_rows(
    work: str, load: Callable[[Scale], Load]
) -> tuple[tuple[str, Callable[[Scale], str]], ...]:
    return (
        (f"{work}, lần lượt, p50 / p95", lambda s: _pair(load(s).p50_ms, load(s).p95_ms)),
        (
            f"{work}, {AT_ONCE} câu cùng lúc, p50 / p95",
            lambda s: _pair(load(s).crowd_p50_ms, load(s).crowd_p95_ms),
        ),
        (
            f"{work}, {AT_ONCE} câu cùng lúc, mỗi giây",
            lambda s: f"{_number(load(s).per_s, 0)} câu",
        ),
    )


_SCALE_ROWS: Final[tuple[tuple[str, Callable[[Scale], str]], ...]] = (
    ("véc-tơ (đoạn và Điều)", lambda s: str(s.vectors)),
    ("lập chỉ mục", lambda s: f"{_number(s.index_s, 1)} s"),
    ("chỉ mục trên đĩa", lambda s: _size(s.index_mb)),
    ("bộ nhớ của tiến trình", lambda s: _size(s.memory_mb)),
    (
        "Chroma, recall@10 so với xem hết mọi véc-tơ",
        lambda s: f"{_number(100 * s.recall_at_10, 1)} %",
    ),
    *_load_rows("tìm", lambda s: s.search),
    *_load_rows("cả câu", lambda s: s.answer),
    ("LangChain + Chroma: số mẩu", lambda s: str(s.usual_chunks)),
    ("LangChain + Chroma: lập chỉ mục", lambda s: f"{_number(s.usual_index_s, 1)} s"),
    *_load_rows("LangChain + Chroma: tìm", lambda s: s.usual),
)


# Cells


def _passages(scale: Scale) -> str:
    return f"{scale.passages:,} đoạn".replace(",", ".")


def _pair(p50_ms: float, p95_ms: float) -> str:
    return f"{_ms(p50_ms)} / {_ms(p95_ms)}"


def _table(head: _Row, rows: Sequence[_Row]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _times(times: Times) -> tuple[str, str]:
    return _ms(times.p50_ms), _ms(times.p95_ms)


def _crowd(crowd: Crowd) -> tuple[str, str, str]:
    return *_times(crowd.times), _number(crowd.per_second, 0)


def _memory(memory: Memory) -> tuple[str, str]:
    return _size(memory.now_mb), _size(memory.peak_mb)


def _size(megabytes: float | None) -> str:
    return "–" if megabytes is None else f"{_number(megabytes, 0)} MB"


def _spread(values: Sequence[float]) -> tuple[str, str]:
    return _ms(percentile(values, 50) or 0.0), _ms(percentile(values, 95) or 0.0)


def _ms(value: float) -> str:
    return f"{_number(value, 1)} ms"


def _percent(value: float) -> str:
    return f"{_number(100 * value, 1)} %"


def _number(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".replace(".", ",")
