"""`jaabi flows`: what an operator sees of the conversations."""

import json

import pytest
from click.testing import CliRunner

from gateway.cli import commands


def run(*words):
    return CliRunner().invoke(commands, ["flows", *words])


def test_the_conversations_of_this_programme_are_proven():
    done = run("check")
    assert done.exit_code == 0
    assert done.output == "All conversations are proven.\n"


def test_the_conversations_can_be_drawn(tmp_path):
    done = run("draw", "--out", str(tmp_path / "flows.svg"))
    assert done.exit_code == 0
    assert (tmp_path / "flows.svg").read_text().startswith("<svg ")


def test_each_conversation_can_be_drawn_on_a_page_of_its_own(tmp_path):
    assert run("draw", "--out", str(tmp_path / "place.svg"), "--flow", "place").exit_code == 0
    drawn = (tmp_path / "place.svg").read_text()
    assert "place.confirm" in drawn
    assert "who.start</text>" in drawn
    assert ">who.start<" not in drawn
    folder = tmp_path / "pages"
    folder.mkdir()
    assert run("draw", "--out", str(folder)).exit_code == 0
    pages = {page.stem for page in folder.iterdir()}
    assert {"menu", "complaint", "private", "place", "sms"} <= pages
    assert (folder / "place.svg").read_text() == drawn


def test_a_conversation_that_does_not_exist_is_not_drawn(tmp_path):
    done = run("draw", "--out", str(tmp_path / "x.svg"), "--flow", "nothing")
    assert done.exit_code == 2
    assert "there is no conversation nothing: " in done.output


def test_a_drawing_that_cannot_be_written_is_said_in_words(tmp_path):
    done = run("draw", "--out", str(tmp_path / "nowhere" / "flows.svg"))
    assert done.exit_code == 2
    assert "flows.svg cannot be written: No such file or directory" in done.output


def test_every_text_is_listed_with_its_length():
    done = run("messages", "--lang", "fr")
    assert done.exit_code == 0
    assert " 160  fr  C3     complaint.aid_more\n          | Vivres, argent, bons:" in done.output
    assert " 156  fr  M1     menu.main\n" in done.output
    assert "  fr  T7     sensitive_received\n" in done.output


def test_every_text_is_listed_for_scripts_too():
    listed = [json.loads(line) for line in run("messages", "--json").output.splitlines()]
    [main] = [one for one in listed if one["name"] == "menu.main"]
    assert main["language"] == "fr"
    assert main["label"] == "M1"
    assert main["septets"] == 156
    assert main["text"].startswith("Jaabi. Tapez un chiffre:")


def test_a_language_that_is_not_reviewed_is_shown_in_french():
    french = [json.loads(line) for line in run("messages", "--json").output.splitlines()]
    done = run("messages", "--lang", "bm", "--json")
    assert done.exit_code == 0
    other = [json.loads(line) for line in done.output.splitlines()]
    assert [one["text"] for one in other] == [one["text"] for one in french]
    assert {(one["language"], one["spoken"], one["draft"]) for one in other} == {
        ("bm", "fr", False)
    }


def test_words_that_nobody_reviewed_are_shown_only_with_a_mark():
    assert "Banda" not in run("messages", "--lang", "ses").output
    assert "Banda" in run("messages", "--lang", "ses", "--drafts").output
    listed = run("messages", "--lang", "ses", "--drafts").output.splitlines()
    assert any(line.endswith("  NOT REVIEWED") for line in listed)


def test_a_language_that_is_none_of_ours_is_refused():
    assert run("messages", "--lang", "xy").exit_code == 2


def test_catalogs_are_brought_up_to_date_once(tmp_path):
    done = run("extract", "--folder", str(tmp_path), "--lang", "snk")
    assert done.output == "snk: brought up to date.\n"
    written = (tmp_path / "snk" / "flows.po").read_bytes()
    assert b'msgctxt "menu.main"' in written
    assert run("extract", "--folder", str(tmp_path), "--lang", "snk").output == "snk: unchanged.\n"
    assert (tmp_path / "snk" / "flows.po").read_bytes() == written
    assert "snk: unchanged.\n" in run("extract", "--folder", str(tmp_path)).output
    assert b"msgctxt" not in (tmp_path / "taq" / "flows.po").read_bytes()


@pytest.mark.parametrize(
    "spoilt", ['msgctxt "menu.bye', 'msgid ""\nmsgstr ""\n\nmsgctxt "menu.bye\nmsgid "a"\n']
)
def test_a_catalog_that_cannot_be_read_is_told_and_left_alone(tmp_path, spoilt):
    (tmp_path / "bm").mkdir()
    file = tmp_path / "bm" / "flows.po"
    file.write_text(spoilt, encoding="utf-8")
    done = run("extract", "--folder", str(tmp_path), "--lang", "bm")
    assert done.exit_code == 1
    assert "locale/bm: " in done.output
    assert file.read_text(encoding="utf-8") == spoilt
