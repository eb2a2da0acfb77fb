"""Careless patterns are found, unless somebody gave a reason beside them."""

from tests.audit.patterns import careless

CARELESS = "import subprocess\n\n\ndef run(words):\n    return subprocess.call(words, shell=True)"


def found(tmp_path, source):
    (tmp_path / "room.py").write_text(f"{source}\n")
    return careless(tmp_path, ("room.py",))


def test_a_careless_pattern_is_found(tmp_path):
    [one] = found(tmp_path, CARELESS)
    assert one.startswith("B602 room.py:5 ")


def test_one_with_a_reason_beside_it_was_looked_at(tmp_path):
    assert found(tmp_path, f"{CARELESS}  # noqa: S602 our own words") == []
    assert found(tmp_path, f"{CARELESS}  # noqa: S603 another rule") != []


def test_a_file_that_cannot_be_read_is_no_clean_file(tmp_path):
    assert found(tmp_path, "def broken(:") != []
