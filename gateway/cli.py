"""The `jaabi` command. Each subcommand is loaded when it is asked for: most need little."""

import importlib
import os
from collections.abc import Mapping
from types import TracebackType
from typing import Any

import click

from gateway import lifeline, logs

PRIVATE = 0o077  # what we write is for our own user
# By name: most commands load nothing of the database, and none shall for a sentence.
DATABASE_AWAY = "OperationalError"
COMMANDS: Mapping[str, tuple[str, str]] = {
    "init": ("gateway.cli_init:init", "make data directory, keys, database, directory of Mali"),
    "upgrade": ("gateway.cli_init:upgrade", "bring the database to the newest tables, as owner"),
    "run": ("gateway.cli_run:run", "run everything on this machine"),
    "public": ("gateway.cli_public:public", "run the public web application"),
    "acceptor": ("gateway.cli_acceptor:acceptor", "take posts beside Kannel, onto the disk"),
    "console": ("gateway.cli_console:console", "run the console: health and metrics"),
    "worker": ("gateway.cli_worker:worker", "run a worker and the timetable"),
    "keeper": ("gateway.cli_keeper:keeper", "run the keeper: names, words, sending"),
    "network": ("gateway.cli_network:network", "run the demo's phone network"),
    "doctor": ("gateway.cli_doctor:doctor", "say what is wrong"),
    "channels": ("gateway.cli_lists:channels", "list the channels and their webhook addresses"),
    "cases": ("gateway.cli_lists:cases", "list the ordinary cases, without words and phones"),
    "referrals": ("gateway.cli_referrals:referrals", "list the referrals, or sum them up"),
    "alerts": ("gateway.cli_alerts:alerts", "list the alerts, one event a line, or evacuations"),
    "stock": ("gateway.cli_referrals:stock", "list what each centre has of each product"),
    "messages": ("gateway.cli_lists:messages", "list messages, without texts and phones"),
    "dead-letters": (
        "gateway.cli_dead_letters:dead_letters",
        "list or retry what could not be handled",
    ),
    "people": ("gateway.cli_directory:people", "register, list and revoke phones"),
    "accounts": ("gateway.cli_accounts:accounts", "make, list and end console accounts"),
    "directory": ("gateway.cli_places:directory", "import and export the directory"),
    "slips": ("gateway.cli_slips:slips", "issue, list and revoke booklets of numbered slips"),
    "route": ("gateway.cli_route:route", "say who would receive a case, and why"),
    "sending": ("gateway.cli_sending:sending", "pause or resume sending, cap what a day costs"),
    "keys": ("gateway.cli_keys:keys", "make keys anew, lock and list them"),
    "export": ("gateway.cli_export:export", "write published figures as CSV, XLSX or JSON lines"),
    "counters": ("gateway.cli_counters:counters", "hold the dashboard's sums against all cases"),
    "audit": ("gateway.cli_audit:audit", "list who did what, and prove that nobody changed it"),
    "backup": ("gateway.cli_backup:backup", "write an encrypted backup of the database"),
    "restore": ("gateway.cli_backup:restore", "put a backup into an empty place"),
    "purge": ("gateway.cli_privacy:purge", "forget now what is over its time"),
    "privacy": ("gateway.cli_privacy:privacy_", "say what is kept, do what people may ask"),
    "flows": ("gateway.cli_flows:flows", "prove, draw and list the conversations"),
    "phone": ("gateway.cli_phone:phone", "hold a phone of the running demo"),
    "prepare": ("gateway.cli_init:prepare", ""),
}


class Commands(click.Group):
    """A group whose commands stand in COMMANDS; the help is there too, so that it loads nothing."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return every command that has a help line."""
        del ctx
        return [name for name, (_, says) in COMMANDS.items() if says]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run one, and say in words what stopped it where an operator can put it right."""
        with _InWords():
            return super().invoke(ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])


def _in_words(error: BaseException) -> str | None:
    """Return what is in the way, without a word of what the database was asked."""
    if type(error).__name__ == DATABASE_AWAY:
        return "the database does not answer, or has no tables yet"
    if isinstance(error, FileNotFoundError | PermissionError) and error.filename:
        return f"{error.filename} cannot be read or written ({error.strerror})"
    return None


class _InWords:
    """Turns an error that has a sentence into it, and lets every other one pass."""

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        passed: TracebackType | None,
    ) -> None:
        del kind, passed
        said = None if error is None else _in_words(error)
        if said is not None:
            raise click.ClickException(f"{said}: jaabi doctor says more") from None


@click.group(cls=Commands)
def commands() -> None:
    """Jaabi: speak from a basic phone, stay unknown, and get an answer."""


def main() -> None:
    """Run the command line of this process."""
    os.umask(PRIVATE)
    lifeline.leave_no_core()
    logs.start("jaabi")
    commands(prog_name="jaabi")


if __name__ == "__main__":
    main()
