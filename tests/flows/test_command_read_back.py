"""What is read back is read again as the same: nobody is told one thing and another is done."""

from hypothesis import given, settings
from hypothesis import strategies as st

from flows.commands import Command, Puzzle, complete, keyword, read, read_all, read_back
from tests.flows.command_phrases import CANONICAL, LINES

EXAMPLES = 2000


@settings(max_examples=EXAMPLES, deadline=None)
@given(CANONICAL)
def test_a_command_said_back_is_the_same_command(command):
    assert read(read_back(command)) == command


@settings(max_examples=EXAMPLES, deadline=None)
@given(LINES)
def test_whatever_is_read_is_stable_once_read_back(line):
    for one in read_all(line):
        if isinstance(one, Command):
            said = read_back(one)
            assert read(said) == one, said
            assert read_back(read(said)) == said


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.text(max_size=200) | LINES, st.text(max_size=60) | LINES)
def test_whatever_is_typed_is_read_without_fault(line, answer):
    keyword(line)
    for one in read_all(line):
        assert isinstance(one, Command | Puzzle)
        if isinstance(one, Puzzle) and one.missing:
            assert isinstance(complete(one.verb, one.given, one.missing, answer), Answer)


Answer = Command | Puzzle | None
