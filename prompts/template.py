"""One wording with its variables and looks, parsed when it is loaded and never again."""

from __future__ import annotations

import re
from dataclasses import dataclass

from prompts.errors import PromptError
from prompts.text import Span, Text

Value = Text | str | int

# A look may hold variables and the other look: "**dự kiến {value}**". An address stands in angle
# brackets, as in Markdown: "<tel:111>", "<https://dichvucong.gov.vn>".
_PIECE = re.compile(
    r"(?P<look>\*\*?)|\{(?P<variable>[a-z_]+)\}|<(?P<href>(?:tel:|https://)[^<>\s]+)>"
)
_SCHEME = re.compile(r"^(?:tel:|https://)")


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    bold: bool
    italic: bool
    variable: bool
    href: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A wording: words and {variables}, each with its look."""

    source: str  # as the file has it
    pieces: tuple[_Piece, ...]
    variables: frozenset[str]  # their names

    @classmethod
    def read(cls, source: str) -> Template:
        """The template that a file writes as `source`.

        Raises:
            PromptError: a brace that is no variable, a look that does not end, or a line break.
        """
        pieces: list[_Piece] = []
        bold = italic = False
        at = 0
        for found in _PIECE.finditer(source):
            pieces.append(_Piece(source[at : found.start()], bold, italic, variable=False))
            at = found.end()
            if found["variable"]:
                pieces.append(_Piece(found["variable"], bold, italic, variable=True))
            elif found["href"]:
                shown = _SCHEME.sub("", found["href"])
                pieces.append(_Piece(shown, bold, italic, variable=False, href=found["href"]))
            elif found["look"] == "**":
                bold = not bold
            else:
                italic = not italic
        pieces.append(_Piece(source[at:], bold, italic, variable=False))
        if any(set("{}") & set(p.text) for p in pieces):
            raise PromptError("a brace that is no {variable}")
        if bold or italic:
            raise PromptError("* or ** that nothing ends")
        if "\n" in source:
            raise PromptError("a line break: each line is a wording of its own")
        variables = frozenset(p.text for p in pieces if p.variable)
        return cls(source, tuple(p for p in pieces if p.text), variables)

    def fill(self, values: dict[str, Value]) -> Text:
        """The text with its variables filled in; a value is never read as wording.

        Raises:
            PromptError: the variables given are not those it has.
        """
        if self.variables != values.keys():
            raise PromptError(f"has variables {sorted(self.variables)}, was given {sorted(values)}")
        return Text.of(
            *[
                given.looking(bold=piece.bold, italic=piece.italic)
                if isinstance(given := values[piece.text] if piece.variable else piece.text, Text)
                else Text((Span(str(given), piece.bold, piece.italic, href=piece.href),))
                for piece in self.pieces
            ]
        )
