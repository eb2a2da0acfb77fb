"""What every command needs: settings, or every mistake in them in words."""

from typing import Any

import click

from gateway.settings import Settings, SettingsError

MISUSE = 2


class Unusable(click.ClickException):
    """Something the operator must put right first: sentences on stderr, exit 2."""

    exit_code = MISUSE

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n       ".join(sentences))


def load_settings(*, demo: bool = False, **given: Any) -> Settings:
    """Return the settings of this environment; ``demo`` turns the demo on, unless it is forced."""
    try:
        settings = Settings.load(**given)
        if demo and not settings.is_demo:
            settings = Settings.load(demo="on", **given)
    except SettingsError as error:
        raise Unusable(error.mistakes) from None
    return settings
