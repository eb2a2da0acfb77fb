"""Codes of an authenticator: each serves once, and the secret stands sealed in the database."""

import io
from typing import Any

import segno
from passlib.exc import TokenError, UsedTokenError
from passlib.totp import TotpMatch

from gateway.console.flask_security_alone import Totp
from gateway.console.identity import SIGN_IN, SignedIn
from models.db import Store
from models.services import sign_ins

STEP = 30  # seconds of a code; one before and one after are taken too: clocks of phones differ
GROUP = 4


class Codes(Totp):
    """Draws secrets and checks codes."""

    def __init__(self, authenticators: Any, store: Store) -> None:
        self._totp = authenticators
        self._store = store

    def get_last_counter(self, user: Any) -> int | None:
        """Return the step of the last code that served."""
        return user.totp_counter if isinstance(user, SignedIn) else None

    def set_last_counter(self, user: Any, tmatch: TotpMatch) -> None:
        """Let a code serve once, also when it comes twice at the same moment."""
        with self._store.work(SIGN_IN) as work:
            if not sign_ins.use_code(work, user.id, tmatch.counter):
                raise UsedTokenError

    def is_right(self, said: str, secret: str | None, account: SignedIn) -> bool:
        """Tell whether this is the code of now; it serves no second time."""
        digits = "".join(said.split())
        return bool(secret) and self.verify_totp(digits, str(secret), account, window=STEP)

    def first(self, said: str, secret: str) -> int | None:
        """Return the step of the first code of a new authenticator; none if it is wrong."""
        try:
            match = self._totp.verify("".join(said.split()), secret, window=STEP)
        except TokenError:
            return None
        return int(match.counter)

    def in_groups(self, secret: str) -> str:
        """Return a secret as it is typed where nothing can be photographed."""
        key = self.get_totp_b32_key(secret)
        return " ".join(key[at : at + GROUP] for at in range(0, len(key), GROUP))

    def square(self, secret: str, email: str) -> bytes:
        """Return the square that an authenticator photographs, as SVG."""
        drawn = io.BytesIO()
        segno.make(self.get_totp_uri(email, secret)).save(
            drawn, kind="svg", scale=4, border=4, light="#fff", xmldecl=False
        )
        return drawn.getvalue()
