"""`jaabi flows`: what an operator sees of the conversations."""

import json

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


def test_a_language_that_is_not_reviewed_is_refused():
    done = run("messages", "--lang", "bm")
    assert done.exit_code == 2
