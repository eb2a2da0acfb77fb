"""Definitions into flows, and every mistake in them at once, with file and line."""

import pytest

from flows.errors import Mistaken
from flows.loader import load, load_from
from flows.words import Menu
from tests.flows.definition_files import changed_files, real_files

MAIN = """flow: menu
states:
  main:
    text: Jaabi
    options:
      - {text: Un, to: bye}
    zero: {Sortir: bye}
  wrong: {text: Faux, zero: {Sortir: bye}}
  lost: {end: Perdu}
  bye: {end: Merci}
"""


def mistakes(**files: str) -> list[str]:
    """Return the mistakes in these files; ``main`` is there unless given."""
    named = {"menu": MAIN, **files}
    with pytest.raises(Mistaken) as found:
        load_from({f"{name}.yaml": text for name, text in named.items()})
    assert str(found.value) == "\n".join(found.value.mistakes)
    return found.value.mistakes


def state(lines: str) -> str:
    """Return a flow with one state ``x`` of these lines; its first line stands in line 4."""
    return "flow: own\nstates:\n  x:\n" + "\n".join(f"    {line}" for line in lines.split("\n"))


def test_the_real_definitions_have_no_mistake():
    flows = load()
    assert flows.main.at == "menu.main"
    assert len(flows.nodes) > 150
    assert flows.texts.say("code_good", usd="*123#") == "On s'en occupe. Pour lire: *123# puis 4."


def test_every_mistake_is_told_at_once_with_file_and_line():
    own = state("text: Quoi?\nzerro: {Sortir: menu.bye}\nkeep: [a]\nto: y")
    assert mistakes(own=own, other="flow: other\nstates: {a: {end: 1, text: 2}}") == [
        "other.yaml:2: other.a needs exactly one of text, pages, end, do, go",
        "own.yaml:5: 'zerro' is not known here",
        "own.yaml:6: 'keep' must be a text (between quotes if it looks otherwise)",
        "own.yaml:7: 'to' is not known here",
    ]


@pytest.mark.parametrize(
    ("lines", "line", "says"),
    [
        ("text: Quoi?\nzero: {Sortir: nowhere}", 5, "leads to own.nowhere, which does not exist"),
        ("text: Quoi?\nzero: {Sortir: menu.no}", 5, "leads to menu.no, which does not exist"),
        ("text: Quoi?\nzero: {Un: back, Deux: back}", 5, "'zero' is one text and where it leads"),
        ("text: Quoi?\nzero: back", 5, "'zero' must hold names and values"),
        ("text: Quoi?\nnext: {}", 5, "'next' is one text and where it leads"),
        ("text: Quoi?\nwrong: nowhere", 5, "leads to own.nowhere, which does not exist"),
        ("text: Quoi?\nlike: nothing", 5, "is like own.nothing, which does not exist"),
        ("text: Quoi?\nfresh: perhaps", 5, "'fresh' must be true or false"),
        ("text: Quoi?\noptions: un", 5, "'options' must be a list of names and values"),
        ("text: Quoi?\noptions:\n  - {text: Un}", 6, "'to' is missing"),
        ("text: Quoi?\noptions:\n  - {value: 1, to: back}", 3, "'keep' is missing"),
        ("text: Quoi?\noptions:\n  - {to: back, also: non}", 6, "'also' must be a list of texts"),
        ("do: tally\nset: {a: [b]}\nthen: {}", 5, "'a' is set to a text, true or false"),
        ("text: Quoi?\nread: {as: words, to: back}", 5, "'keep' is missing"),
        ("text: Quoi?\nread: {as: words, keep: a, to: back, or: b}", 5, "'or' is not known here"),
        (
            "text: Quoi?\neach: {of: a, text: b, keep: c, to: back, size: 9}",
            5,
            "'size' is how many stand on a page: 1 to 8",
        ),
        ("text: {message: nothing}", 4, "there is no message 'nothing'"),
        ("text: Quoi?\ntext: Quoi?", 5, "'text' stands here twice"),
        ("do: tally\nthen: {counted: nowhere}", 5, "leads to own.nowhere, which does not exist"),
        ("do: tally\nthen: counted", 5, "'then' must hold names and values"),
        ("go: []", 4, "only the last branch stands without 'when', and it must"),
        ("go: [{when: a, to: back}]", 4, "only the last branch stands without 'when', and it must"),
        (
            "go: [{to: back}, {to: back}]",
            4,
            "only the last branch stands without 'when', and it must",
        ),
        ("go: [{when: a, iss: [b], to: back}, {to: back}]", 4, "'iss' is not known here"),
        ("pages: pages\noptions: []", 5, "'options' is not known here"),
        ("end: Merci\nzero: {Sortir: back}", 5, "'zero' is not known here"),
    ],
)
def test_a_mistake_says_what_is_wrong_and_where(lines, line, says):
    assert f"own.yaml:{line}: {says}" in mistakes(own=state(lines))


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("", 1, "holds no definition"),
        ("- a", 1, "holds no definition"),
        ("flow: [own", 1, "cannot be read: expected ',' or ']', but got '<stream end>'"),
        ("flow: own\nstates: {}\nstaffs: true", 3, "'staffs' is not known here"),
        ("states: {a: {end: Merci}}", 1, "'flow' is missing"),
        ("flow: own\nstates: {a: Merci}", 2, "'a' must hold names and values"),
        ("flow: menu\nstates: {bye: {end: Merci}}", 2, "menu.bye stands in two files"),
        ("messages: {a: {label: T1}}", 1, "'text' is missing"),
        (
            "messages:\n  a: {text: Oui, parts: 3}",
            2,
            "'parts' is 1 or 2: no SMS is longer than two segments",
        ),
        ("messages: {}\nforbidden: {nobody: []}", 2, "'nobody' is not known here"),
        ("messages: {}\nothers: {}", 2, "'others' is not known here"),
        ("a: \x01", 1, "cannot be read: special characters are not allowed"),
    ],
)
def test_a_file_that_is_no_definition_says_so(text, line, says):
    own = mistakes(own=text)
    assert any(one == f"own.yaml:{line}: {says}" for one in own), own


def test_there_must_be_a_main_menu():
    assert "menu.yaml:1: there must be a question called menu.main" in mistakes(
        menu="flow: menu\nstates: {main: {end: Merci}}"
    )


def test_a_state_like_another_takes_what_it_does_not_say_itself():
    flows = load()
    other, own = flows.nodes["call_back.language"], flows.nodes["private.call_language"]
    assert isinstance(other, Menu)
    assert isinstance(own, Menu)
    assert [one.text for one in own.options] == [one.text for one in other.options]
    assert {one.to for one in own.options} == {"private.hour"}
    assert own.zero is not None
    assert own.zero.to == flows.harmless


def test_a_mistake_in_a_real_file_is_found_on_its_line():
    files = changed_files("complaint.yaml", "then: where", "then: were")
    line = files["complaint.yaml"][: files["complaint.yaml"].index("then: were")].count("\n") + 1
    with pytest.raises(Mistaken) as found:
        load_from(files)
    wanted = f"complaint.yaml:{line}: leads to complaint.were, which does not exist"
    assert set(found.value.mistakes) == {wanted}


def test_an_empty_programme_has_no_main_menu():
    with pytest.raises(Mistaken):
        load_from({})


def test_real_files_are_read_as_they_stand():
    assert load_from(real_files()) == load()
