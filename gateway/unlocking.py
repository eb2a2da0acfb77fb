"""Opens the keys of a programme: with a passphrase, where one locks them."""

import os
import sys
from contextlib import suppress
from pathlib import Path

import click
from nacl.secret import SecretBox

from gateway.cli_base import Unusable
from gateway.settings import Settings
from gateway.supervisor import Handed
from models import passphrase
from models.errors import KeeperAway, KeysLocked
from models.keeper import Keeper
from models.strongbox import Strongbox
from models.vault import KEEPER, Vault

NOBODY = "0" * 64


def unlocked(settings: Settings) -> Vault:
    """Return the vault of this programme. Raises Unusable."""
    return Vault.load(settings.keys, lock_of(settings))


def lock_of(settings: Settings) -> SecretBox | None:
    """Return what opens the private keys; None where they lie in clear. Raises Unusable."""
    if not passphrase.is_locked(settings.keys / KEEPER):
        return None
    return _lock(settings.keys / KEEPER, given(settings))


def hand_over(settings: Settings) -> Handed:
    """Ask for the passphrase, if it must be typed, once for all starts of the keeper to come.

    It is kept in a file that has no name and lies in memory only. Raises Unusable.
    """
    if settings.keys_passphrase_file or not passphrase.is_locked(settings.keys / KEEPER):
        return Handed()
    said = ask()
    _lock(settings.keys / KEEPER, said)
    handle = os.memfd_create("passphrase")  # closed in every child but the one it is handed to
    os.write(handle, said.encode())
    return Handed({"JAABI_KEYS_PASSPHRASE_FILE": f"/proc/self/fd/{handle}"}, (handle,))


def _lock(folder: Path, said: str) -> SecretBox:
    lock = passphrase.derive(folder, said)
    own = Strongbox(folder, lock)
    try:
        for name in own.names("*.key")[:1]:
            own.read(name)
    except KeysLocked as error:
        raise Unusable([f"{error}"]) from None
    return lock


def refuse_beside_keeper(settings: Settings) -> None:
    """Raise Unusable while a keeper lives: it would go on with the keys as it read them."""
    with suppress(KeeperAway):
        Keeper(settings.keeper_socket).digests(NOBODY, "000000")
        raise Unusable(["A keeper runs: stop it, and all others, first."])


def given(settings: Settings, *, again: bool = False) -> str:
    """Return the passphrase from its file, or from whoever sits here. Raises Unusable."""
    if settings.keys_passphrase_file is None:
        return ask(again=again)
    return settings.keys_passphrase_file.read_text("utf-8").rstrip("\n")


def ask(*, again: bool = False) -> str:
    """Ask whoever sits at the terminal. Raises Unusable where nobody does."""
    if not sys.stdin.isatty():
        raise Unusable(
            [
                "A passphrase locks the keys, and nobody is here to type it:",
                "name its file in JAABI_KEYS_PASSPHRASE_FILE, or start from a terminal.",
            ]
        )
    typed: str = click.prompt(
        "Passphrase of the keys", hide_input=True, confirmation_prompt=again, err=True
    )
    return typed
