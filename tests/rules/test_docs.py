"""What can be set, typed or seen stands in the documents."""

import re
import tomllib

import pytest

from flows.case_lifecycle import LIFECYCLES
from gateway.assembly import CHANNELS
from gateway.channels_file import TABLES
from gateway.cli import COMMANDS
from gateway.cli_doctor import CHECKS
from gateway.settings import PREFIX, Settings
from tests.rules.sources import ROOT


def page(name):
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


SETTINGS = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields if name != "channel"]
SHOWN_COMMANDS = [name for name, (_, says) in COMMANDS.items() if says]


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_stands_in_the_runbook(name):
    assert f"`{name}`" in page("runbook.md")


def test_the_runbook_names_no_setting_that_does_not_exist():
    named = set(re.findall(rf"`({PREFIX}[A-Z_]+)`", page("runbook.md")))
    assert named <= set(SETTINGS)


@pytest.mark.parametrize("name", SHOWN_COMMANDS)
def test_every_command_stands_in_the_runbook(name):
    assert re.search(rf"`jaabi {name}[ `]", page("runbook.md"))


def test_the_documents_name_no_command_that_does_not_exist():
    documents = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    named = {
        word
        for path in documents
        for word in re.findall(r"`jaabi ([a-z][a-z-]*)", path.read_text(encoding="utf-8"))
    }
    assert named <= set(COMMANDS)


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_every_check_of_the_doctor_stands_in_the_runbook(name):
    assert f"| {name} |" in page("runbook.md")


FIELDS = sorted({field for table in TABLES for field in table.model_fields})


@pytest.mark.parametrize("name", [*FIELDS, *CHANNELS])
def test_every_provider_and_its_settings_stand_in_the_page_on_channels(name):
    assert f"`{name}`" in page("channels.md")


def words_of_lifecycles():
    for table in LIFECYCLES.values():
        for status, ways in table.items():
            yield from (status, *ways)


@pytest.mark.parametrize("word", sorted(set(words_of_lifecycles())))
def test_every_status_and_transition_stands_in_the_glossary(word):
    assert f"`{word}`" in page("glossary.md")


def test_every_dependency_has_its_reason():
    reasons = page("decisions/0009-dependencies.md")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = [re.match(r"[\w-]+", one).group() for one in project["dependencies"]]
    assert [name for name in names if f"| {name} |" not in reasons] == []


def test_decisions_are_numbered_without_gaps():
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs" / "decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))
