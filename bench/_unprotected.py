"""The public application with all protection switched to null: numbers and words lie in clear.

For bench.protection alone, so that the price of protection can be read off. Whoever is asked for a
name answers at once, nothing is sealed, nothing is wrapped.
"""

import threading
from dataclasses import replace
from datetime import date
from typing import cast

from flask import Flask

from gateway import logs
from gateway.app import HANDING_OVER, public_app
from gateway.assembly_of_dialogues import build_conversing
from gateway.settings import Settings
from models.keeper import Keeper
from models.seal import Sealer, Transit
from models.services.conversing import Conversing
from workers.beside import start_beside


class NoKeeper:
    """Names a number by itself."""

    def pseudonym(self, msisdn: str) -> str:
        """Return the number, as long as a pseudonym is."""
        return msisdn.removeprefix("+").zfill(64)

    def digests(self, contact: str | None, receipt: str) -> tuple[str | None, str | None]:
        """Return the digits, as long as digests are."""
        short = None if contact is None else f"{contact[-11:]}{receipt[:6]}".zfill(64)
        return short, receipt.zfill(64) if len(receipt) == 12 else None


class NoSealer:
    """Seals nothing."""

    def number(self, msisdn: str) -> bytes:
        """Return the number."""
        return msisdn.encode()

    def receipt(self, digits: str) -> bytes:
        """Return the digits."""
        return digits.encode()

    def story(self, words: str) -> tuple[bytes, str, bytes]:
        """Return the words, and a key of nothing."""
        return words.encode(), "00000000", b"\0"


class NoTransit:
    """Wraps nothing."""

    def wrap(self, text: str) -> bytes:
        """Return the words."""
        return text.encode()

    def unwrap(self, wrapped: bytes) -> str:
        """Return the words."""
        return wrapped.decode()

    def digest(self, words: str, day: date) -> str | None:
        """Presume nothing."""
        del words, day
        return None


def app() -> Flask:
    """Return the public application of this environment without any protection."""
    logs.start("unprotected")
    logs.adopt(["_granian"])
    settings = Settings.load()
    real = build_conversing(settings)
    house = replace(
        real.house,
        sealer=cast("Sealer", NoSealer()),
        transit=cast("Transit", NoTransit()),
        keeper=cast("Keeper", NoKeeper()),
    )
    bare = public_app(settings, Conversing(real.store, house))
    handing_over = bare.extensions[HANDING_OVER]
    start_beside(HANDING_OVER, lambda: handing_over.run(threading.Event()))
    return bare
