"""`jaabi phone`: a basic phone in the terminal, for people and for scripts."""

import io
import sys
from collections.abc import Iterator

import click

from gateway.cli_base import load_settings
from gateway.simulator.errors import NetworkAway, UnknownPhone
from gateway.simulator.phones import DEFAULTS
from gateway.simulator.switchboard import address
from gateway.simulator.terminal import Terminal, open_line

LOOPBACK = "127.0.0.1"  # the phone network is never anywhere else
HELP = """\
Hold a basic phone of the running demo.

One line of input is one answer to the screen. Commands, in capitals:

\b
DIAL [code]    dial *123#, or a longer code (*123*6143#, or just 6143)
HANGUP         end the session
SMS text       send an SMS to the service
INBOX          print every SMS of this phone
WAIT seconds   print the SMS that arrive meanwhile, and those not read yet

Each screen or SMS is followed by a line with two hyphens.
"""


@click.command(help=HELP)
@click.option("--number", default=DEFAULTS[0], show_default=True, help="0001 or +22370000001")
def phone(number: str) -> None:
    """Play the lines that come in on the phone asked for."""
    url = address(LOOPBACK, load_settings().network_port)
    try:
        line = open_line(url, number)
    except UnknownPhone as unknown:
        raise click.UsageError(str(unknown)) from None
    except NetworkAway as away:
        raise click.ClickException(f"{away} (looked at {url})") from None
    terminal = Terminal(line, sys.stdout, sys.stderr)
    try:
        terminal.play(_typed(terminal) if sys.stdin.isatty() else _piped())
    except NetworkAway as away:
        raise click.ClickException(str(away)) from None
    finally:
        line.close()


def _piped() -> Iterator[str]:
    yield from io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace")


def _typed(terminal: Terminal) -> Iterator[str]:
    """Ask a person line by line; what arrived meanwhile is shown before each question."""
    while True:
        terminal.show_unread()
        try:
            yield input(f"{terminal.line.number[-4:]}> ")
        except EOFError:
            return
