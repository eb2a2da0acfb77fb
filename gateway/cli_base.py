"""What every command needs: settings, or every mistake in them in words."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import click

from gateway.settings import Settings, SettingsError

MISUSE = 2
HALF = "half-restored"  # in JAABI_HOME, while a restore is under way


class Unusable(click.ClickException):
    """Something the operator must put right first: sentences on stderr, exit 2."""

    exit_code = MISUSE

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n       ".join(sentences))


class Moment(click.ParamType[datetime]):
    """A time as the lists print it, 2026-11-23T12:00:00Z; a date alone is its midnight, UTC."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return an aware time; one without zone is UTC."""
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            self.fail(
                f"{value} is no date and no time: 2026-11-23 or 2026-11-23T12:00:00Z", param, ctx
            )
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at


@contextmanager
def writable(file: Path) -> Iterator[IO[str]]:
    """Open a file that a command was asked to write, ``-`` for standard output; or say why not."""
    try:
        opening = click.open_file(str(file), "w", encoding="utf-8")
    except OSError as error:
        raise Unusable([f"{file} cannot be written: {error.strerror}"]) from None
    with opening as out:
        yield out


def iso(at: datetime) -> str:
    """Return an aware UTC time as every list prints it, 2026-11-23T12:00:00Z."""
    return at.isoformat().replace("+00:00", "Z")


def refuse_half_restored(settings: Settings) -> None:
    """Raise Unusable where a restore broke off: what was erased since is not yet gone again."""
    mark = settings.home / HALF
    if mark.exists():
        raise Unusable(
            [
                "A restore broke off: this database would send what has left, and show what was"
                " erased.",
                "Drop it, make a new one and restore into that.",
                f"Only if you went back to a database that is whole: remove {mark}.",
            ]
        )


def load_settings(*, demo: bool = False, **given: Any) -> Settings:
    """Return the settings of this environment; ``demo`` turns the demo on, unless it is forced."""
    try:
        settings = Settings.load(**given)
        if demo and not settings.is_demo:
            settings = Settings.load(demo="on", **given)
    except SettingsError as error:
        raise Unusable(error.mistakes) from None
    return settings
