"""Elements that hold each other too deep cost what walks them; no document needs them."""

from __future__ import annotations

from lxml import etree

from knowledge.reading.files import File
from knowledge.reading.limits import MAX_NESTING


def refuse_deep(file: File, root: etree._Element, mend: str) -> None:
    """Raises DocumentError, with what mends it, where more than MAX_NESTING hold each other."""
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > MAX_NESTING:
            raise file.refusal(f"các phần lồng nhau quá {MAX_NESTING} lớp", mend)
