"""`jaabi directory` for places, as an operator types it."""

import pytest
from click.testing import CliRunner

from gateway.cli_places import directory
from models.db import Store
from models.schema import metadata
from tests.models.place_world import AREAS, FACILITIES


@pytest.fixture
def jaabi(tmp_path):
    """Run a command in a programme with an empty directory."""
    store = Store(f"sqlite:///{tmp_path / 'jaabi.db'}")
    metadata.create_all(store.durable)
    store.close()
    home = {"JAABI_HOME": str(tmp_path), "JAABI_DATABASE_URL": str(store.url)}

    def run(*words):
        return CliRunner().invoke(directory, words, env=home)

    return run


@pytest.fixture
def files(tmp_path):
    areas, facilities = tmp_path / "areas.csv", tmp_path / "facilities.csv"
    areas.write_text(AREAS, encoding="utf-8")
    facilities.write_text(FACILITIES, encoding="utf-8")
    return str(areas), str(facilities)


def test_places_go_in_and_come_out_again(jaabi, files, tmp_path):
    areas, facilities = files
    assert jaabi("import", "areas", areas).output == "11 rows\n"
    assert jaabi("import", "facilities", facilities).output == "6 rows\n"
    out = str(tmp_path / "out.csv")
    assert jaabi("export", "facilities", out).exit_code == 0
    assert jaabi("import", "facilities", out).output == "6 rows\n"
    assert "Fafa" in jaabi("export", "areas", "-").output


def test_a_file_that_cannot_be_written_is_said_in_words(jaabi, tmp_path):
    done = jaabi("export", "areas", str(tmp_path / "nowhere" / "areas.csv"))
    assert done.exit_code == 2
    assert "areas.csv cannot be written: No such file or directory" in done.output


def test_a_file_with_mistakes_is_refused_with_each_line(jaabi, files, tmp_path):
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("id,name,kind\nF1,,shop\n", encoding="utf-8")
    refused = jaabi("import", "facilities", str(wrong))
    assert refused.exit_code == 2
    for words in ("line 2: name is missing", "line 2: kind must be one of", "line 2: commune or"):
        assert words in refused.stderr
    assert jaabi("export", "facilities", "-").output.count("\n") == 2


def test_the_telephones_to_ring_are_set_and_shown(jaabi):
    assert jaabi("numbers").output == "green_line\t-\nwoman_to_talk\t-\n"
    assert jaabi("numbers", "--green-line", "+223 70 00 03 01").exit_code == 0
    assert jaabi("numbers").output == "green_line\t70 00 03 01\nwoman_to_talk\t-\n"
    refused = jaabi("numbers", "--woman-to-talk", "JAABI")
    assert (refused.exit_code, "no number" in refused.stderr) == (2, True)


def test_what_directory_does_is_told(jaabi):
    told = jaabi("import", "--help").output
    for what in ("areas", "facilities", "organisations", "coverage"):
        assert what in told


def test_the_hours_in_which_phones_ring_are_set_shown_and_refused_when_no_day_has_them(jaabi):
    assert jaabi("hours").output == "7-17\n"
    assert jaabi("hours", "6-20").output == "6-20\n"
    assert jaabi("hours").output == "6-20\n"
    assert jaabi("hours", "20-6").exit_code == 2
    assert jaabi("hours").output == "6-20\n"


def test_whether_harm_to_a_child_must_be_reported_is_set_and_shown(jaabi):
    assert jaabi("child-reporting").output == "undecided\n"
    assert jaabi("child-reporting", "required").output == "required\n"
    assert jaabi("child-reporting").output == "required\n"
    assert jaabi("child-reporting", "perhaps").exit_code == 2
