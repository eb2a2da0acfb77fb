"""Every line of nasty_lines.tsv, through the real dialogues: answered as the table says."""

from collections import Counter
from pathlib import Path

import pytest

from flows.gsm7 import segments
from models.db import Store
from tests.conftest import NOON
from tests.factories import staged
from tests.models.nasty_world import PATTERNS, WHO, Nasty, names_of

TABLE = Path(__file__).with_name("nasty_lines.tsv")
ENOUGH = 600
# A story is answered by one of these: taken in, a question it may ask, or T7 in doubt.
WORDS = {
    *("not_understood", "sms.place_ask", "sms.place_confirm", "sms.place_which", "sms.who"),
    "sensitive_received",
}
STORIES = {f"complaint C{digit} routed" for digit in range(10)}
LONGEST = 2  # segments of an answer that quotes free words; all others have one


def rows():
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line.strip() and not line.startswith("#")]


@pytest.fixture(scope="module")
def nasty(sqlite_template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("nasty")
    path = folder / "jaabi.db"
    path.write_bytes(sqlite_template.read_bytes())
    store = Store(f"sqlite:///{path}")
    with staged(store, folder, NOON) as stage:
        yield Nasty(stage)
    store.close()


@pytest.mark.parametrize(
    ("who", "sms", "answers", "then"), [row[1:] for row in rows()], ids=[row[0] for row in rows()]
)
def test_it_is_answered_as_the_table_says(nasty, who, sms, answers, then):
    texts, told = nasty.try_out(who, sms.split(" >> "))
    for text, expected in zip(texts, expected_of(answers), strict=True):
        assert expected & set(names_of(text)), text
        assert segments(text) <= LONGEST
    assert said_of(told, then) == then


def expected_of(answers):
    if answers == "-":
        return []
    return [WORDS if name == "words" else {name} for name in answers.split(" + ")]


def said_of(told, then):
    """Say what is new; a story that was taken in as "a case", where the table does."""
    new = Counter(told)
    case = []
    if then.startswith("a case") and sum(new[one] for one in STORIES) == 1:
        for one in (*STORIES, "said kept"):
            del new[one]
        case = ["a case"]
    listed = (f"{count} x {one}" if count > 1 else one for one, count in sorted(new.items()))
    return ", ".join([*case, *listed]) or "nothing"


def test_the_table_is_long_enough_and_no_row_is_there_twice():
    assert len(rows()) >= ENOUGH
    assert all(len(row) == 5 for row in rows())
    assert max(Counter(name for name, *_ in rows()).values()) == 1
    assert max(Counter((who, sms) for _, who, sms, *_ in rows()).values()) == 1
    assert {who for _, who, *_ in rows()} == WHO.keys()
    named = {name for row in rows() for name in row[3].split(" + ")} - {"words", "-"}
    assert named <= PATTERNS.keys()
