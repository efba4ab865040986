"""Markdown; what front matter between two lines of "---" says goes before what the text says."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import yaml

from knowledge.errors import DocumentError
from knowledge.reading.files import File
from knowledge.reading.format import Words
from knowledge.reading.limits import Limits
from knowledge.reading.plain_text import read_plain_text

_OPENS = re.compile(r"\A---[ \t]*\n(?=\s*[a-z_]+[ \t]*:)")
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)


def read_markdown(file: File, limits: Limits) -> Words:
    """The words of a Markdown file, and its front matter where it has one.

    Raises:
        DocumentError: no text, or front matter that is refused.
    """
    words = read_plain_text(file, limits)
    match = _FRONT_MATTER.match(words.text)
    if match:
        return replace(words, text=words.text[match.end() :], values=_values(file, match[1]))
    if _OPENS.match(words.text):
        raise _refusal(file, "khối '---' mở ra mà không đóng", "Thêm dòng '---' sau khối thông tin")
    return words


def _values(file: File, front_matter: str) -> dict[str, Any]:
    try:
        values = yaml.load(front_matter, _PlainLoader)  # noqa: S506 (a SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # "!!int x"; brackets without end
        problem = f"YAML sai ({' '.join(str(error).split())[:160]})"
        raise _refusal(file, problem, "Sửa khối '---' ở đầu tệp") from error
    if not isinstance(values, dict):
        raise _refusal(file, "không phải các cặp 'khóa: giá trị'", "Sửa khối '---' ở đầu tệp")
    return values


def _refusal(file: File, problem: str, mend: str) -> DocumentError:
    return DocumentError(file.name, "front matter", problem, mend)


class _PlainLoader(yaml.SafeLoader):
    """Reads dates as written, so that 2025-06-31 is refused with its name and value.

    A key given twice is refused: YAML itself would keep the last one and say nothing.
    """

    yaml_implicit_resolvers = {  # noqa: RUF012 (the base class has it so)
        first: [(tag, pattern) for tag, pattern in rules if tag != "tag:yaml.org,2002:timestamp"]
        for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _unique_keys(loader: _PlainLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [key.value for key, _ in node.value]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise yaml.constructor.ConstructorError(None, None, f"khóa {twice!r} ghi hai lần")
    return loader.construct_mapping(node, deep=True)


_PlainLoader.add_constructor("tag:yaml.org,2002:map", _unique_keys)
