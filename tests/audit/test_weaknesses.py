"""Known weaknesses are found in advisories, and no locked library was never asked about."""

from datetime import date

import pytest

from tests.audit import weaknesses
from tests.audit.locks import pins

ADVISORY = """
id: PYSEC-2026-1
affected:
- package: {{ecosystem: PyPI, name: Some_Library}}
  ranges:
  - type: ECOSYSTEM
    events: {events}
  versions: {versions}
"""
RANGES = {
    "from the first one on": ("[{introduced: '0'}]", "[]", "1.0", True),
    "until it was put right": ("[{introduced: '0'}, {fixed: '1.2'}]", "[]", "1.1.9", True),
    "put right": ("[{introduced: '0'}, {fixed: '1.2'}]", "[]", "1.2", False),
    "before it came in": ("[{introduced: '2.0'}]", "[]", "1.9", False),
    "the last one": ("[{introduced: '0'}, {last_affected: '1.2'}]", "[]", "1.2", True),
    "after the last one": ("[{introduced: '0'}, {last_affected: '1.2'}]", "[]", "1.3", False),
    "broken again": (
        "[{introduced: '0'}, {fixed: '1.2'}, {introduced: '2.0'}]",
        "[]",
        "2.1",
        True,
    ),
    "between two": (
        "[{introduced: '0'}, {fixed: '1.2'}, {introduced: '2.0'}]",
        "[]",
        "1.5",
        False,
    ),
    "named by itself": ("[{introduced: '5.0'}]", "['1.1']", "1.1", True),
    "ten is more than nine": ("[{introduced: '0'}, {fixed: '1.10'}]", "[]", "1.9", True),
}


@pytest.mark.parametrize("name", RANGES)
def test_a_version_is_told_from_those_that_are_weak(tmp_path, name):
    events, versions, version, weak = RANGES[name]
    folder = tmp_path / "vulns" / "some-library"
    folder.mkdir(parents=True)
    (folder / "PYSEC-2026-1.yaml").write_text(ADVISORY.format(events=events, versions=versions))
    pin = f"some-library=={version}"
    found = weaknesses.in_folder(tmp_path, [pin, "another==1.1"])
    assert found == ([(pin, "PYSEC-2026-1")] if weak else [])


def test_an_advisory_that_was_taken_back_says_nothing(tmp_path):
    folder = tmp_path / "vulns" / "some-library"
    folder.mkdir(parents=True)
    text = ADVISORY.format(events="[{introduced: '0'}]", versions="[]")
    (folder / "PYSEC-2026-1.yaml").write_text(f"{text}withdrawn: '2026-02-01T00:00:00Z'\n")
    assert weaknesses.in_folder(tmp_path, ["some-library==1.0"]) == []


def test_what_the_registry_answers_is_read_and_silence_is_no_answer():
    sound = {"name": "Some_Library", "version": "1.0", "vulns": []}
    weak = {"name": "another", "version": "2.0", "vulns": [{"id": "PYSEC-2026-1"}]}
    skipped = {"name": "third", "skip_reason": "not found"}
    assert weaknesses.answered([skipped]) is None
    assert weaknesses.answered([sound]) == []
    assert weaknesses.answered([sound, weak, skipped]) == [
        ("another==2.0", "PYSEC-2026-1"),
        ("third", "not known there"),
    ]


def test_safety_db_is_read_too(tmp_path):
    (tmp_path / "data").mkdir()
    known = '{"$meta": {"timestamp": 0}, "Some.Library": ["<1.2,>=1.0", "==2.0"]}'
    (tmp_path / "data" / "insecure.json").write_text(known)
    found = weaknesses.in_folder(tmp_path, ["some-library==1.1", "another==1.1"])
    assert found == [("some-library==1.1", "Safety DB <1.2,>=1.0")]
    assert weaknesses.in_folder(tmp_path, ["some-library==1.2"]) == []


def test_every_locked_library_was_asked_about():
    """Where nobody can be asked: `make audit ADVISORIES=folder`, see docs/security.md."""
    assert set(pins()) - set(weaknesses.asked()["pins"]) == set()


def test_what_was_accepted_has_a_reason_and_a_day():
    for one in weaknesses.accepted():
        assert set(one) == {"id", "package", "because", "until"}
        assert len(one["because"]) > 20
        assert isinstance(one["until"], date)
