"""A passphrase over the private keys: whoever copies their files opens nothing without it."""

import json
from pathlib import Path

import nacl.pwhash
import nacl.utils
from nacl.secret import SecretBox

from models.strongbox import PRIVATE

FILE = "lock.json"  # in the keeper's folder, while the keys are locked
OPERATIONS, MEMORY = 3, 64 << 20  # argon2id, as for the passwords of accounts
SHORTEST = 12


def is_locked(folder: Path) -> bool:
    """Return whether a passphrase is needed to open the keys of this folder."""
    return (folder / FILE).exists()


def derive(folder: Path, passphrase: str) -> SecretBox:
    """Return what opens the keys of a folder that is locked; only opening tells if it is right."""
    said = json.loads((folder / FILE).read_text("ascii"))
    key = nacl.pwhash.argon2id.kdf(
        SecretBox.KEY_SIZE,
        passphrase.encode(),
        bytes.fromhex(said["salt"]),
        opslimit=said["operations"],
        memlimit=said["memory"],
    )
    return SecretBox(key)


def begin(folder: Path, passphrase: str) -> SecretBox:
    """Choose a salt for a folder that was not locked, and return what will open its keys."""
    salt = nacl.utils.random(nacl.pwhash.argon2id.SALTBYTES).hex()
    path = folder / FILE
    draft = path.with_name(f".{FILE}")
    draft.write_text(json.dumps({"salt": salt, "operations": OPERATIONS, "memory": MEMORY}))
    draft.chmod(PRIVATE)
    draft.rename(path)
    return derive(folder, passphrase)


def end(folder: Path) -> None:
    """Say that no passphrase is needed any more."""
    (folder / FILE).unlink()
