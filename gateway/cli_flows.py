"""`jaabi flows`: prove the conversations, draw them, list every text with its length."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from importlib import resources
from pathlib import Path
from typing import Any

import click

from flows.catalog_files import FILE, LANGUAGES, catalogs
from flows.catalog_files import extract as updated
from flows.catalogs import Catalog
from flows.check import check as findings
from flows.check_languages import check as language_findings
from flows.drawing import draw as picture
from flows.drawing import names as pages
from flows.errors import Mistaken
from flows.harm import check as harm_findings
from flows.loader import load
from flows.told_texts import told
from flows.words import FRENCH, Flows
from gateway.cli_base import Unusable, writable

PACKAGE = Path(str(resources.files("flows"))) / "locale"


@click.group()
def flows() -> None:
    """Prove, draw and list the conversations."""


@flows.command()
@click.option("--drafts", is_flag=True, help="as if every draft were reviewed")
def check(drafts: bool) -> None:
    """Say what is not proven, in any language on any channel; exit 0 if all of it is."""
    loaded = _loaded()
    found = [*findings(loaded), *language_findings(loaded, _catalogs(), drafts=drafts)]
    found += harm_findings(loaded, _catalogs())
    for finding in found:
        click.echo(str(finding), err=True)
    if found:
        sys.exit(1)
    click.echo("All conversations are proven.")


@flows.command()
@click.option("--out", type=click.Path(path_type=Path), required=True)
@click.option("--flow", default="", help="one conversation alone, by its name")
def draw(out: Path, flow: str) -> None:
    """Draw the conversations as an SVG picture; into a folder, a page for each."""
    loaded = _loaded()
    known = pages(loaded)
    if flow and flow not in known:
        raise Unusable([f"there is no conversation {flow}: {', '.join(known)}"])
    whole = {out: flow}
    wanted = {out / f"{name}.svg": name for name in known} if out.is_dir() else whole
    for path, name in wanted.items():
        drawn = picture(loaded, name)
        with writable(path) as file:
            file.write(drawn)
        click.echo(f"{path}: drawn.")


@flows.command()
@click.option("--lang", type=click.Choice((FRENCH, *LANGUAGES)), default=FRENCH, show_default=True)
@click.option("--drafts", is_flag=True, help="with texts nobody has reviewed, marked")
@click.option("--json", "as_json", is_flag=True, help="one JSON object a line")
def messages(lang: str, drafts: bool, as_json: bool) -> None:
    """List every screen and message with its length in septets at its longest.

    In another language: what a phone that chose it is shown, French where nothing is reviewed.
    """
    for one in _told(_loaded(), lang, drafts=drafts):
        if as_json:
            click.echo(json.dumps(one, ensure_ascii=False))
            continue
        mark = "  NOT REVIEWED" if one["draft"] else f"  {one['spoken']}" * (one["spoken"] != lang)
        size = "-" if one["septets"] is None else one["septets"]
        click.echo(f"{size:>4}  {lang}  {one['label'] or '-':<6} {one['name']}{mark}")
        for line in one["text"].splitlines():
            click.echo(f"          | {line}")


@flows.command()
@click.option("--lang", type=click.Choice(LANGUAGES), help="one language, also if it is empty yet")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=PACKAGE,
    help="where the catalogs are; those of the package",
)
def extract(lang: str | None, folder: Path) -> None:
    """Bring the catalogs up to date: new French is missing, changed French is a draft again."""
    loaded = _loaded()
    for language in LANGUAGES if lang is None else (lang,):
        file = folder / language / FILE
        before = file.read_text(encoding="utf-8") if file.is_file() else ""
        with _mistakes_told():
            after = updated(loaded, language, before, begin=lang is not None)
        if after != before:
            file.parent.mkdir(parents=True, exist_ok=True)
            with writable(file) as out:
                out.write(after)
        click.echo(f"{language}: {'brought up to date' if after != before else 'unchanged'}.")


def _told(flows: Flows, language: str, *, drafts: bool) -> Iterator[dict[str, Any]]:
    """Give every text as it is shown in a language, with the language that it really is in."""
    catalog = next((one for one in _catalogs() if one.language == language), Catalog(language, {}))
    for one in told(flows, catalog):
        text = one.written if drafts else one.shown
        is_told = one.progress == "reviewed" or (drafts and one.progress == "draft")
        spoken = language if is_told else FRENCH
        draft = drafts and one.progress == "draft"
        yield {"language": language, "spoken": spoken, "draft": draft, **asdict(text)}


def _loaded() -> Flows:
    with _mistakes_told():
        return load()


def _catalogs() -> list[Catalog]:
    with _mistakes_told():
        return catalogs()


@contextmanager
def _mistakes_told() -> Iterator[None]:
    try:
        yield
    except Mistaken as mistaken:
        for mistake in mistaken.mistakes:
            click.echo(mistake, err=True)
        sys.exit(1)
