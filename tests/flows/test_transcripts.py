"""Golden conversations: readable by anybody, rewritten with --rewrite and then read in the diff.

A transcript holds what happens (``dial``, ``>`` what is typed, ``=`` how the service answered,
``?`` what the conversation knows by then) and, indented, every screen that follows. The indented
lines are what the test compares.
"""

import json
from pathlib import Path

import pytest

from flows.catalogs import spelt, translated
from flows.engine import advance, begin, compose, resume
from flows.loader import load
from flows.words import Turn
from tests.flows.pseudo import catalog

FLOWS = load()
TONGUES = {"xx": spelt(translated(FLOWS, catalog(FLOWS)))}  # spoken by nobody
FOLDER = Path(__file__).parent.parent / "transcripts"
INDENT = "    "
KNOWN = {"usd": "*123#", "dialled": "", "registered": False}


def play(script: list[str]) -> str:
    """Return the transcript of these happenings, with the screens they lead to."""
    lines: list[str] = []
    turn: Turn | None = None
    for line in script:
        before, turn = turn, step(turn, line)
        lines += [line, *(shown(turn) if turn is not before else [])]
    return "\n".join(lines) + "\n"


def step(turn: Turn | None, line: str) -> Turn | None:
    if not line or line.startswith("#"):
        return turn
    word, _, rest = line.partition(" ")
    if word == "dial":
        at, _, known = rest.partition(" ")
        answers = {**KNOWN, **json.loads(known or "{}")}
        return begin(spoken(answers), at, answers)
    assert turn is not None, "a transcript begins with dial"
    if word == ">":
        assert turn.screen is not None, f"the service has not answered: {turn.effect}"
        assert not turn.over, f"the dialogue is over before: {line}"
        return advance(spoken(turn.state.answers), turn.state, rest)
    if word == "?":
        name, _, value = rest.partition(" ")
        assert turn.state.answers.get(name) == json.loads(value), line
        return turn
    assert word == "=", f"neither dial, >, ? nor =: {line}"
    assert turn.effect is not None, f"nobody asked the service: {line}"
    name, outcome, values = (*rest.split(" ", 2), "{}")[:3]
    assert name == turn.effect.name, f"asked was {turn.effect.name}"
    given = json.loads(values)
    return resume(spoken({**turn.state.answers, **given}), turn.state, outcome, given)


def spoken(answers):
    return TONGUES.get(answers.get("language"), FLOWS)


def shown(turn: Turn | None) -> list[str]:
    if turn is None or turn.screen is None:
        return []
    lines = [f"{INDENT}{line}".rstrip() for line in compose(turn.screen).split("\n")]
    return [*lines, f"{INDENT}(fin)"] if turn.over else lines


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_the_conversation_is_the_one_that_was_read(path, request):
    text = path.read_text(encoding="utf-8")
    script = [line for line in text.splitlines() if not line.startswith(INDENT)]
    played = play(script)
    if request.config.getoption("--rewrite"):
        path.write_text(played, encoding="utf-8")
    assert played == path.read_text(encoding="utf-8")


def test_there_are_conversations_to_read():
    assert len(list(FOLDER.glob("*.txt"))) > 10
