"""`jaabi flows`: prove the conversations, draw them, list every text with its length."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from flows.check import check as findings
from flows.check_texts import measure
from flows.drawing import draw as picture
from flows.errors import Mistaken
from flows.loader import load
from flows.words import Flows
from gateway.cli_base import writable

LANGUAGES = ("fr",)


@click.group()
def flows() -> None:
    """Prove, draw and list the conversations."""


@flows.command()
def check() -> None:
    """Say what is not proven; exit 0 if all of it is."""
    found = findings(_loaded())
    for finding in found:
        click.echo(str(finding), err=True)
    if found:
        sys.exit(1)
    click.echo("All conversations are proven.")


@flows.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
def draw(out: Path) -> None:
    """Draw the conversations as an SVG picture."""
    drawn = picture(_loaded())
    with writable(out) as file:
        file.write(drawn)
    click.echo(f"{out}: drawn.")


@flows.command()
@click.option("--lang", type=click.Choice(LANGUAGES), default="fr", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="one JSON object a line")
def messages(lang: str, as_json: bool) -> None:
    """List every screen and message with its length in septets at its longest."""
    for one in measure(_loaded()):
        if as_json:
            click.echo(json.dumps({"language": lang, **asdict(one)}, ensure_ascii=False))
            continue
        click.echo(f"{one.septets:>4}  {lang}  {one.label or '-':<6} {one.name}")
        for line in one.text.splitlines():
            click.echo(f"          | {line}")


def _loaded() -> Flows:
    try:
        return load()
    except Mistaken as mistaken:
        for mistake in mistaken.mistakes:
            click.echo(mistake, err=True)
        sys.exit(1)
