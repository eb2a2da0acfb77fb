"""Facts about every file of the repository."""

import re

import pytest

from models.schema import metadata
from tests.rules.sources import texts

TEST_RANGE = re.compile(r"7000\d{4}")
# National numbers begin with 2 to 9: one that begins with 0 or 1 can be nobody's.
MALI = re.compile(r"(?<![\d.])(?:\+|00|%2B)223[ -]?([2-9](?:[ -]?\d){7})(?!\d)")
ANYWHERE_ELSE = re.compile(r"""(?<![\w.$}/:>*])/(?:home|root|Users|work|mnt|opt)/\w""")
REGISTRIES = ("pypi" + ".org", "python" + "hosted", "--index" + "-url", "registry" + ".npmjs")
UNDONE = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
LOCKS = {"requirements.lock", "requirements-dev.lock"}


def lines_with(pattern, *, skip=()):
    return [
        f"{name}:{number}"
        for name, text in texts()
        if name not in skip
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_names_a_package_registry():
    assert lines_with(re.compile("|".join(map(re.escape, REGISTRIES)))) == []


def test_no_file_knows_where_it_lies_on_somebodys_machine():
    assert lines_with(ANYWHERE_ELSE) == []


def test_nothing_is_left_undone():
    assert lines_with(UNDONE, skip={"LICENSE"}) == []


def test_every_telephone_number_of_mali_is_of_the_test_range():
    others = [
        f"{name}: {found.group()}"
        for name, text in texts()
        if name not in LOCKS
        for found in MALI.finditer(text)
        if not TEST_RANGE.fullmatch(re.sub(r"[ -]", "", found.group(1)))
    ]
    assert others == []


def test_every_dependency_is_locked_with_its_hashes():
    for name, text in texts():
        if name in LOCKS:
            pinned = re.findall(r"^[\w.\[\]-]+==\S+(?: ; .+)? \\\n    --hash=", text, re.MULTILINE)
            starts = re.findall(r"^[a-zA-Z0-9]", text, re.MULTILINE)
            assert len(pinned) == len(starts) > 20, name


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
def test_every_column_says_how_sensitive_it_is_what_for_and_how_long(table):
    for column in table.columns:
        assert column.info.get("class") in {"S0", "S1", "S2", "S3"}, column.name
        assert column.info.get("purpose"), column.name
        assert column.info.get("keep"), column.name
