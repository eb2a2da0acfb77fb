"""Every command that is promised answers."""

import pytest
from click.testing import CliRunner

from gateway.cli import COMMANDS, commands

PROMISED = {
    "acceptor",
    "backup",
    "cases",
    "channels",
    "console",
    "dead-letters",
    "directory",
    "doctor",
    "flows",
    "init",
    "keeper",
    "messages",
    "people",
    "phone",
    "public",
    "restore",
    "route",
    "run",
    "upgrade",
    "worker",
}


def test_the_list_of_commands_has_each_that_is_promised():
    said = CliRunner().invoke(commands, ["--help"]).output
    assert {line.split()[0] for line in said.partition("Commands:")[2].splitlines() if line} >= (
        PROMISED
    )


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_each_command_says_what_it_does(name):
    done = CliRunner().invoke(commands, [name, "--help"])
    assert done.exit_code == 0
    assert "Usage:" in done.output


def test_a_command_that_does_not_exist_is_misuse():
    assert CliRunner().invoke(commands, ["nothing"]).exit_code == 2
