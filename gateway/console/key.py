"""The console's one secret: it signs its forms and seals the secrets of authenticators.

It opens no number and no word of a case.
"""

import base64
import hmac
import os
import secrets
from hashlib import sha256
from pathlib import Path

FILE = "console.key"
BYTES = 32


def create(home: Path) -> None:
    """Make the key in the data directory unless there is one; only its own user may read it."""
    path = home / FILE
    if not path.exists():
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        link = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(link, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(BYTES))


def derive(home: Path, purpose: str) -> str:
    """Return a secret for one purpose. Raises OSError, or ValueError when the file holds no key."""
    key = bytes.fromhex((home / FILE).read_text("ascii").strip())
    if len(key) != BYTES:
        raise ValueError(f"{FILE} holds no key")
    own = hmac.new(key, f"jaabi console {purpose}".encode(), sha256).digest()
    return base64.urlsafe_b64encode(own).decode("ascii")
