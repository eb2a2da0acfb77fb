"""The keeper's door: one JSON line in, one out, over a Unix socket only its own user may open."""

import contextlib
import json
import logging
import re
import socket
import socketserver
import stat
import sys
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from models.errors import KeeperRefused, StoreError
from models.vault import LONG_DIGITS, SHORT_DIGITS, Vault
from workers.keeper.openings import Openings
from workers.keeper.watch import Watch

LONGEST_LINE = 4096  # the longest request is a pseudonym, a receipt and their names
IDLE_S = 300.0  # each thread of the gateway keeps its line open from one session to the next

E164 = re.compile(r"\+[1-9]\d{6,14}")
PSEUDONYM = re.compile(r"[0-9a-f]{64}")
RECEIPT = re.compile(rf"\d{{{SHORT_DIGITS}}}(?:\d{{{LONG_DIGITS - SHORT_DIGITS}}})?")

log = logging.getLogger(__name__)

Reply = dict[str, Any]


class CutOff(StoreError):
    """Too many names were asked for needlessly: no answer, as if the keeper were away."""


class Desk:
    """Answers the eight requests of models.keeper. Never logs what it was asked or says."""

    def __init__(
        self, vault: Vault, openings: Openings, watch: Watch, clock: Callable[[], datetime]
    ) -> None:
        self._vault = vault
        self._openings = openings
        self._watch = watch
        self._clock = clock
        self._requests: Mapping[str, tuple[set[str], Callable[..., Reply]]] = {
            "pseudonym": ({"number"}, self._pseudonym),
            "digests": ({"contact", "receipt"}, self._digests),
            "words": ({"reading"}, self._words),
            "conversation": ({"reading"}, self._conversation),
            "sound": ({"reading", "story"}, self._sound),
            "number": ({"reading"}, self._number),
            "answer": ({"case", "contact", "receipt"}, self._answer),
            "question": ({"case", "contact", "receipt"}, self._question),
        }

    def reply(self, line: bytes) -> Reply:
        """Return the answer to one request; a wrong or unknown one is refused. Raises CutOff."""
        try:
            about = json.loads(line)
        except ValueError:
            about = None
        what = about.pop("do", None) if isinstance(about, dict) else None
        if not isinstance(what, str) or what not in self._requests:
            return {"refused": "no such request"}
        fields, request = self._requests[what]
        if set(about) != fields:
            return {"refused": "other fields"}
        try:
            return request(**about)
        except KeeperRefused as refusal:
            return {"refused": str(refusal)}

    def _pseudonym(self, *, number: object) -> Reply:
        if not isinstance(number, str) or not E164.fullmatch(number):
            raise KeeperRefused("not a number")
        now = self._clock()
        if not self._watch.admits(now):
            raise CutOff("pseudonym")
        pseudonym = self._vault.pseudonym(number)
        self._watch.asked(pseudonym, now)
        return {"pseudonym": pseudonym}

    def _digests(self, *, contact: object, receipt: object) -> Reply:
        short, long = self._vault.digests(_contact(contact), _receipt(receipt))
        return {"short": short, "long": long}

    def _words(self, *, reading: object) -> Reply:
        return {"texts": self._openings.words(_row(reading), self._clock())}

    def _conversation(self, *, reading: object) -> Reply:
        told = self._openings.conversation(_row(reading), self._clock())
        return {"told": [{**asdict(one), "at": one.at.isoformat()} for one in told]}

    def _sound(self, *, reading: object, story: object) -> Reply:
        sound = self._openings.sound(_row(reading), _row(story), self._clock())
        return {"sound": b64encode(sound).decode()}

    def _number(self, *, reading: object) -> Reply:
        return {"number": self._openings.number(_row(reading), self._clock())}

    def _answer(self, *, case: object, contact: object, receipt: object) -> Reply:
        texts = self._openings.answer(_row(case), _contact(contact), _receipt(receipt))
        return {"texts": texts}

    def _question(self, *, case: object, contact: object, receipt: object) -> Reply:
        texts = self._openings.question(_row(case), _contact(contact), _receipt(receipt))
        return {"texts": texts}


class KeeperServer(socketserver.ThreadingUnixStreamServer):
    """Listens at ``address``, for us, or for the group of its folder.

    Raises OSError when a living keeper already does.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: Path, desk: Desk) -> None:
        self.desk = desk
        self._path = address
        self._links: set[socket.socket] = set()
        self._is_ours = False
        super().__init__(str(address), _Conversation)

    def server_bind(self) -> None:
        """Bind in place of a dead keeper's socket. Nobody can connect before the mode is set."""
        if self._path.is_socket() and not _is_alive(self._path):
            self._path.unlink()
        super().server_bind()
        self._is_ours = True
        # Whoever may enter its folder may ask: deploy/systemd gives that to one group.
        mode = stat.S_IMODE(self._path.parent.stat().st_mode)
        self._path.chmod(0o660 if mode & stat.S_IXGRP else 0o600)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """Say that a request failed, and nothing of what it held."""
        log.error("request failed", extra={"reason": type(sys.exception()).__name__})

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer one connection in a thread of its own, and remember it."""
        self._links.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Hang up and forget the connection."""
        self._links.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        """Stop listening, hang up on everybody and take the socket away."""
        super().server_close()
        for link in self._links.copy():
            with contextlib.suppress(OSError):  # whoever hung up first is gone already
                link.shutdown(socket.SHUT_RDWR)
        if self._is_ours:
            self._path.unlink(missing_ok=True)


class _Conversation(socketserver.StreamRequestHandler):
    """One connection: requests one after the other until the other side hangs up."""

    server: KeeperServer
    timeout = IDLE_S

    def handle(self) -> None:
        while True:
            try:
                line = self.rfile.readline(LONGEST_LINE + 1)
                if not line.endswith(b"\n"):
                    return  # hung up, or longer than any request of ours
                reply = self.server.desk.reply(line)
                self.wfile.write(json.dumps(reply).encode() + b"\n")
            except (OSError, CutOff):
                return


def _is_alive(address: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
        link.settimeout(1.0)
        try:
            link.connect(str(address))
        except OSError:
            return False
    return True


def _contact(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not PSEUDONYM.fullmatch(value):
        raise KeeperRefused("not a pseudonym")
    return value


def _receipt(value: object) -> str:
    if not isinstance(value, str) or not RECEIPT.fullmatch(value):
        raise KeeperRefused("not a receipt")
    return value


def _row(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise KeeperRefused("not a row")
    return value
