"""`jaabi backup` and `jaabi restore`: encrypted away from here, and back into an empty place."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import click
from pyrage.x25519 import Recipient
from sqlalchemy.engine import make_url

from gateway import assembly, backups, dumps, word_key_files
from gateway.backups import ROWS, WORDS, BackupRefused, Header
from gateway.cli_base import Unusable, iso, load_settings
from gateway.restoring import Restored, Restoring
from gateway.settings import Settings
from gateway.unlocking import unlocked
from models import migrating
from models.db import Operator, Store
from models.services import restoring
from models.services.audit import Mark, note
from workers.keeper.collecting import Collector

FEW = 2

file = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.command(name="backup")
@file
def backup(file: Path) -> None:
    """Write the database to FILE and the keys of its words to FILE.words, both encrypted.

    Neither holds the programme's keys. Destroy FILE.words after 7 days, FILE after 35.
    """
    settings = load_settings()
    words = words_of(file)
    with _in_words():
        to = backups.recipients(settings.backup_recipients)
        _write_rows(settings, file, to)
        count = _write_words(settings, words, to)
        _note_backup(settings)
    click.echo(f"{file}: the rows; {words}: the keys of {count} texts; for {len(to)} recipients")
    if len(to) < FEW:
        click.echo("Only one can open them: name a second recipient.", err=True)


@click.command(name="restore")
@file
@click.option("--identity", required=True, type=click.Path(path_type=Path), help="of a recipient")
@click.option("--without-words", is_flag=True, help="FILE.words is destroyed: leave words closed")
@click.option(
    "--only-words", is_flag=True, help="the database is whole, the keys of words are lost"
)
def restore(file: Path, identity: Path, *, without_words: bool, only_words: bool) -> None:
    """Put FILE into an empty place, forget again what was erased since, and pause sending."""
    settings = load_settings()
    if only_words:
        with _in_words():
            opened_by = backups.identities(identity)
            count = Restoring(settings, opened_by).words_back(words_of(file))
        click.echo(f"the keys of {count} texts are back")
        return
    words = None if without_words else words_of(file)
    if words is not None and not words.exists():
        raise Unusable([f"{words} is missing: with --without-words no word can be read again"])
    with _in_words():
        restored = Restoring(settings, backups.identities(identity)).run(file, words)
    _tell(restored)


def words_of(file: Path) -> Path:
    """Return where the keys of the words of a backup are."""
    return file.with_name(f"{file.name}.words")


def _write_rows(settings: Settings, file: Path, to: Sequence[Recipient]) -> None:
    url = make_url(settings.owner_url)
    header = _header(settings, ROWS)
    with (
        backups.whole(file) as out,
        dumps.dumped(url, settings.postgres_bin, settings.home) as rows,
    ):
        backups.seal(header, rows, out, to)


def _write_words(settings: Settings, file: Path, to: Sequence[Recipient]) -> int:
    """Write the keys after the rows: of what was erased between the two, the key is gone."""
    header, count = _header(settings, WORDS), 0
    vault = unlocked(settings)
    with closing(Store(settings.owner_url)) as store:
        Collector(store, vault).go()  # what was said in the rows just written is among them

    def counted(lines: Iterator[bytes]) -> Iterator[bytes]:
        nonlocal count
        for line in lines:
            count += 1
            yield line

    with backups.whole(file) as out:
        backups.seal(header, backups.stream(counted(word_key_files.lines(vault.words))), out, to)
    return count


def _note_backup(settings: Settings) -> None:
    with closing(Store(settings.owner_url)) as store, store.work(Operator()) as work:
        restoring.note_backup(work, assembly.clock())
        note(work, Mark("backup", "database"), assembly.clock())


def _header(settings: Settings, kind: str) -> Header:
    url = make_url(settings.owner_url)
    return Header(
        kind=kind,
        engine=url.get_backend_name(),
        revision=migrating.head(),
        made_at=assembly.clock().isoformat(),
    )


def _tell(restored: Restored) -> None:
    click.echo(f"as it was at {iso(restored.made_at)}")
    click.echo(f"the keys of {restored.words} texts are back")
    click.echo(f"{restored.forgotten} erasures and refusals since then were done again")
    click.echo(f"{restored.unknown} texts may have left since then: nobody knows")
    click.echo("Nothing leaves until `jaabi sending resume`. Look first: jaabi doctor.")


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except BackupRefused as refusal:
        raise Unusable([str(refusal)]) from None
