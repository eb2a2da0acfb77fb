"""Asks the keeper, over its Unix socket. Whoever imports this can ask; only the keeper can open."""

import json
import os
import socket
import threading
import time
from base64 import b64decode
from contextlib import suppress
from pathlib import Path
from typing import Any

from models.errors import KeeperAway, KeeperRefused

TIMEOUT_S = 2.0
SILENCE_S = 5.0  # one that did not answer in time is not waited for again before
LONGEST = 4 << 20  # a sound of two MiB, in letters
PART = 1 << 16


class Keeper:
    """The keeper seen from another process. Every call raises KeeperAway when it is silent."""

    def __init__(self, address: Path) -> None:
        self._address = str(address)
        self._lines = threading.local()
        self._silent_until = 0.0

    def pseudonym(self, msisdn: str) -> str:
        """Return the pseudonym of an E.164 number: 64 hex digits."""
        return str(self._ask("pseudonym", number=msisdn)["pseudonym"])

    def digests(self, contact: str | None, receipt: str) -> tuple[str | None, str | None]:
        """Return the digests of a receipt: (six digits with contact, twelve digits).

        Twelve digits give both when a contact is known; six digits give the first only.
        """
        answer = self._ask("digests", contact=contact, receipt=receipt)
        return answer["short"], answer["long"]

    def words(self, reading: int) -> list[str]:
        """Open the words of a case for the person whose ``reading`` event (row id) is committed.

        Raises KeeperRefused unless that event is fresh, unused, and by who holds the case.
        """
        return list(self._ask("words", reading=reading)["texts"])

    def conversation(self, reading: int) -> list[dict[str, Any]]:
        """Open all that was said and written in a case; raises KeeperRefused as ``words`` does.

        Each is told with id, what, by, at, status and text.
        """
        return list(self._ask("conversation", reading=reading)["told"])

    def sound(self, reading: int, story: int) -> bytes:
        """Open one sound of a case, for the person whose ``reading`` of that sound is committed.

        Raises KeeperRefused as ``words`` does.
        """
        return b64decode(self._ask("sound", reading=reading, story=story)["sound"])

    def number(self, reading: int) -> str:
        """Open the E.164 number to be called for the person whose ``reading`` event is committed.

        Raises KeeperRefused unless that event is a call's, fresh, unused, and by who took the call.
        """
        return str(self._ask("number", reading=reading)["number"])

    def answer(self, case_id: int, contact: str | None, receipt: str) -> list[str]:
        """Open the answers given to a case for whoever holds its receipt.

        Raises KeeperRefused when the receipt is not that case's.
        """
        return list(self._ask("answer", case=case_id, contact=contact, receipt=receipt)["texts"])

    def question(self, case_id: int, contact: str | None, receipt: str) -> list[str]:
        """Open the question that waits for whoever holds a case's receipt, if there is one.

        Raises KeeperRefused as ``answer`` does.
        """
        asked = self._ask("question", case=case_id, contact=contact, receipt=receipt)
        return list(asked["texts"])

    def _ask(self, what: str, **about: Any) -> dict[str, Any]:
        line = json.dumps({"do": what, **about}).encode() + b"\n"
        if time.monotonic() < self._silent_until:
            raise KeeperAway("silent")
        try:
            reply = json.loads(self._exchange(line))
        except TimeoutError:
            # One thread answers all webhooks: if each waited, one hung keeper would stop them all.
            self._silent_until = time.monotonic() + SILENCE_S
            raise KeeperAway("silent") from None
        except (OSError, ValueError) as error:
            raise KeeperAway(type(error).__name__) from None
        if "refused" in reply:
            raise KeeperRefused(reply["refused"])
        return dict(reply)

    def _exchange(self, line: bytes) -> bytes:
        """Ask over this thread's open line, or over a new one if that was hung up meanwhile."""
        kept: _Line | None = getattr(self._lines, "line", None)
        if kept is not None and kept.process == os.getpid():
            self._lines.line = None  # an answer that comes too late is read by nobody
            with suppress(ConnectionError):
                reply = kept.ask(line)
                self._lines.line = kept
                return reply
        fresh = _Line(self._address)
        reply = fresh.ask(line)
        self._lines.line = fresh
        return reply


class _Line:
    """One connection, closed when its thread ends or lets it go.

    It remembers its process: a forked one would read answers meant for its parent.
    """

    def __init__(self, address: str) -> None:
        self.process = os.getpid()
        self._link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._link.settimeout(TIMEOUT_S)
        self._link.connect(address)

    def __del__(self) -> None:
        self._link.close()

    def ask(self, line: bytes) -> bytes:
        self._link.sendall(line)
        reply = bytearray()
        while not reply.endswith(b"\n"):
            part = self._link.recv(PART)
            if not part or len(reply) > LONGEST:
                raise ConnectionError("hung up")
            reply += part
        return bytes(reply)
