"""How every door names a source: its kind, whether it is in force, its dates, how it is opened."""

from __future__ import annotations

from prompts.text import Text, reference
from prompts.wording import load_wording


def kind_text(source_kind: str) -> str:
    """A kind of source, such as "văn bản chính thức"."""
    return load_wording()(f"sources.kind.{source_kind}")


def force_text(in_force: str) -> str:
    """Whether a text is in force, such as "còn hiệu lực"."""
    return load_wording()(f"sources.force.{in_force}")


def date_text(iso: str) -> str:
    """An ISO date as people write it, "11/7/2025" or "tháng 6/2025"; anything else as it is."""
    parts = iso.split("-")
    if not all(part.isdecimal() for part in parts):
        return iso
    match [str(int(part)) for part in parts]:
        case [year, month, day]:
            return load_wording()("sources.date", day=day, month=month, year=year)
        case [year, month]:
            return load_wording()("sources.month", month=month, year=year)
        case _:
            return iso


def number_text(number: int) -> str:
    """A count as people write it, "3.321"."""
    return f"{number:,}".replace(",", ".")


def by_number(marker: int) -> Text:
    """Where numbers can be pressed: what to do to open a source, any where `marker` is 0."""
    return _by("number", marker)


def by_button(marker: int) -> Text:
    """Where only buttons can be pressed: the same."""
    return _by("button", marker)


def _by(way: str, marker: int) -> Text:
    say = load_wording()
    if not marker:
        return say.text(f"sources.{way}.any")
    return say.text(f"sources.{way}.one", marker=reference(marker))
