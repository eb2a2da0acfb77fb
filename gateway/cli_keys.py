"""`jaabi keys`: made anew, locked by a passphrase, and listed by their ids."""

import json
from datetime import UTC, datetime

import click
from nacl.secret import SecretBox

from gateway import assembly, unlocking
from gateway.cli_base import Unusable, iso, load_settings
from gateway.settings import Settings
from models import passphrase
from models.db import Operator, Store
from models.key_rotation import NEEDED, RotatedToday, rotate
from models.services import audit
from models.services.audit import Mark
from models.strongbox import Strongbox
from models.vault import KEEPER, WORDS

KINDS = tuple(NEEDED)


@click.group()
def keys() -> None:
    """Make keys anew, lock them, list them. As the keeper's user."""


@keys.command("rotate")
@click.option("--only", type=click.Choice(KINDS), help="one kind; all of them otherwise")
def rotate_keys(only: str | None) -> None:
    """Make new keys; what is under the old ones is changed by the keeper, while all goes on.

    An old key is destroyed once nothing is under it and no backup can need it any more.
    """
    settings = load_settings()
    now, lock = assembly.clock(), unlocking.lock_of(settings)
    kinds = [only] if only else list(KINDS)
    _note(settings, "rotate_keys", now, *kinds)
    for kind in kinds:
        try:
            rotate(settings.keys, kind, now, lock)
        except RotatedToday:
            raise Unusable(["The pepper was made anew today: tomorrow again."]) from None
        click.echo(f"{kind}: a new key; the old one for {NEEDED[kind].days} days at least")


@keys.command("list")
@click.option("--json", "as_json", is_flag=True, help="one object a line")
def list_keys(as_json: bool) -> None:
    """List private keys by file, oldest first: never what is in them."""
    settings = load_settings()
    folder = settings.keys / KEEPER
    for path in sorted(folder.glob("*.key"), key=lambda path: path.stat().st_mtime):
        made = iso(datetime.fromtimestamp(int(path.stat().st_mtime), UTC))
        row = {"key": path.stem, "made": made, "locked": passphrase.is_locked(folder)}
        click.echo(json.dumps(row) if as_json else "\t".join(str(value) for value in row.values()))


@keys.command("lock")
def lock() -> None:
    """Put a passphrase over the private keys, asked twice; the keeper asks for it at its start."""
    settings = load_settings()
    unlocking.refuse_beside_keeper(settings)
    box = unlocking.lock_of(settings) or _new_lock(settings)  # one that broke off goes on
    _note(settings, "lock_keys", assembly.clock())
    folders = (settings.keys / KEEPER, settings.keys / WORDS)
    count = sum(Strongbox(one, box).lock_all() for one in folders)
    click.echo(f"{count} keys are locked. Nobody can open them without the passphrase: keep it.")


@keys.command("unlock")
def unlock() -> None:
    """Take the passphrase away: the private keys lie in clear again."""
    settings = load_settings()
    unlocking.refuse_beside_keeper(settings)
    box = unlocking.lock_of(settings)
    if box is None:
        raise Unusable(["No passphrase locks the keys."])
    _note(settings, "unlock_keys", assembly.clock())
    for one in (settings.keys / KEEPER, settings.keys / WORDS):
        Strongbox(one, box).unlock_all()
    passphrase.end(settings.keys / KEEPER)
    click.echo("The private keys lie in clear again.")


def _new_lock(settings: Settings) -> SecretBox:
    said = unlocking.given(settings, again=True)
    if len(said) < passphrase.SHORTEST:
        raise Unusable([f"A passphrase has {passphrase.SHORTEST} characters at least."])
    return passphrase.begin(settings.keys / KEEPER, said)


def _note(settings: Settings, act: str, now: datetime, *kinds: str) -> None:
    store = Store(settings.database_url)
    with store.work(Operator()) as work:
        audit.note(work, Mark(act, "keys", details=dict.fromkeys(kinds, True)), now)
    store.close()
