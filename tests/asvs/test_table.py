"""Each requirement of OWASP ASVS 5.0, levels 1 and 2, has a test or a written reason."""

import ast
import tomllib
from functools import cache
from pathlib import Path

import pytest

from tests.rules.sources import ROOT

HERE = Path(__file__).parent
TABLE = tomllib.loads((HERE / "table.toml").read_text(encoding="utf-8"))
NOT_HERE = {"9", "10", "17"}  # self-contained tokens, OAuth, WebRTC: see test_absent.py
APPLYING = 210
SENTENCE = 12  # letters below which a reason says nothing
STILL_OPEN = 0


def standard():
    """Every requirement of the standard with its level."""
    lines = (HERE / "standard.txt").read_text(encoding="ascii").splitlines()
    return {number: int(level) for number, level in map(str.split, lines)}


def applying():
    return {
        number
        for number, level in standard().items()
        if level <= 2 and number.partition(".")[0] not in NOT_HERE
    }


@cache
def names_in(file):
    """Name the tests of a file that pytest would find."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    bodies = [tree.body, *(one.body for one in classes if one.name.startswith("Test"))]
    return {
        node.name
        for body in bodies
        for node in body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def test_the_standard_is_whole():
    assert len(standard()) == 345
    assert len(applying()) == APPLYING


def test_every_requirement_has_its_line_and_no_line_is_of_none():
    assert set(TABLE) == applying()


@pytest.mark.parametrize("number", sorted(applying()))
def test_a_line_names_tests_that_exist_or_says_why_there_is_none(number):
    line = TABLE[number]
    assert set(line) <= {"asks", "tests", "because", "open"}
    assert line["asks"]
    for one in line.get("tests", []):
        file, _, name = one.partition("::")
        assert name in names_in(file), one
    reasons = [line[key] for key in ("because", "open") if key in line]
    assert line.get("tests") or reasons
    assert all(len(reason) > SENTENCE for reason in reasons)


def test_what_is_still_open_is_counted():
    """Whoever closes one lowers the number; whoever opens one says so here."""
    assert len([line for line in TABLE.values() if "open" in line]) == STILL_OPEN
