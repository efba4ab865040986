"""What a question costs grows with its length, whatever its shape: calls are counted, not time."""

from __future__ import annotations

import cProfile
import pstats
import re

import pytest
from hostile import PIECES, hostile, letter

from bot.opening import Core
from bot.question.rule_language import Entry, parse, pattern
from retrieval.e5.encoder import Encoder

SMALL, TIMES = 450, 4  # characters; four times as many cost four times as much, not sixteen
MOST_TIMES = 7
WINDOWS_OF_A_LETTER = 3
SEEN = ("slashes", "lines", "questions", "digits", "commas", "chain", "addresses", "capitals")


def calls(core: Core, text: str) -> int:
    profile = cProfile.Profile()
    profile.runcall(core.assistant.ask, text)
    return pstats.Stats(profile).total_calls  # type: ignore[attr-defined]


def growth(core: Core, shape: str) -> float:
    """How many times the calls of a text are those of one a quarter as long."""
    core.assistant.ask(hostile(shape, TIMES * SMALL) + " b")  # its words are spelled once
    return calls(core, hostile(shape, TIMES * SMALL)) / calls(core, hostile(shape, SMALL))


@pytest.mark.parametrize("shape", SEEN)
def test_the_cost_of_a_shape_grows_with_its_length(core: Core, shape: str) -> None:
    assert growth(core, shape) <= MOST_TIMES


@pytest.mark.slow
@pytest.mark.parametrize("shape", [shape for shape in PIECES if shape not in SEEN])
def test_the_cost_of_every_shape_grows_with_its_length(core: Core, shape: str) -> None:
    assert growth(core, shape) <= MOST_TIMES


@pytest.mark.parametrize("shape", ["hyphens", "ideographs", "addresses"])
def test_a_text_of_many_tokens_is_embedded_as_a_letter_is(
    core: Core, shape: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine takes the longest; half a token for a character is more than any letter has."""
    embedded: list[int] = []
    run = Encoder.run

    def counted(self: Encoder, session: object, ids: list[int]) -> object:
        embedded.append(len(ids))
        return run(self, session, ids)  # type: ignore[arg-type]

    monkeypatch.setattr(Encoder, "run", counted)
    core.assistant.ask(letter(3_900))
    of_letter = sum(embedded)
    embedded.clear()
    core.assistant.ask(hostile(shape, 3_900))
    assert 0 < sum(embedded) <= WINDOWS_OF_A_LETTER * of_letter
    assert max(embedded) <= 510


def test_a_text_of_numbers_is_read_in_one_way() -> None:
    """As many readings as places to be cut held the server for ever: "1/1/1/1 b" thirty times."""
    numbers = re.compile(pattern([Entry(parse("^[#|so]*$"))], {}))
    assert numbers.search("1/7/2025 so 3")
    assert not numbers.search("1/" * 400 + " b")
