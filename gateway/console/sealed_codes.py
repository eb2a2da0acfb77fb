"""Secrets of authenticators as they are kept: sealed under a key derived from the console's.

Apart from the rest of signing in, so that a command may reckon with one without loading a web.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from passlib.totp import TOTP

from gateway.console import key

ISSUER = "Jaabi"
PURPOSE = "authenticators"


def authenticators(home: Path, clock: Callable[[], datetime]) -> Any:
    """Return what draws, seals and reckons. Raises OSError or ValueError without console.key."""
    secrets = {"1": key.derive(home, PURPOSE)}
    return TOTP.using(issuer=ISSUER, secrets=secrets, now=lambda: clock().timestamp())
