"""Where posts wait on the disk until they can be handed over: sealed, synced, in their order.

The public application keeps here what its database cannot take now; the acceptor keeps everything
here (gateway/acceptor.py). Whoever posted is answered 2xx only after `put` returned. File names
hold a time and chance, nothing of what was said or by whom.
"""

import base64
import fcntl
import json
import os
import re
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from werkzeug.datastructures import Headers

from gateway.channels.base import WebhookRequest
from models.errors import TransitLost
from models.points import reached
from models.seal import Transit

POST = ".post"
NAME = re.compile(r"\d{20}-[0-9a-f]+\.post")  # whatever else somebody lays there is none
WHY = ".why"
MICROSECONDS = 1_000_000
KEPT_S = 7 * 86_400.0  # as long as the transit key lives


@dataclass(frozen=True, slots=True, repr=False)
class Post:
    """One webhook request as it came: all that is needed to read it again, or to send it on.

    ``path`` is ``/hooks/<channel>/<token>/<event>``; ``query`` the raw query; ``headers`` those a
    provider says something with.
    """

    received_at: datetime
    method: str
    path: str
    query: bytes
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def channel(self) -> str:
        """The channel that was posted to."""
        return self.path.split("/")[2]

    @property
    def event(self) -> str:
        """What it brings: sms, delivery, optout, ..."""
        return self.path.split("/")[4]

    @property
    def target(self) -> str:
        """The raw path and query, as they stood in the first line of the request."""
        asked = f"?{self.query.decode('latin-1')}" if self.query else ""
        return f"{self.path}{asked}"

    def asked(self, public_url: str) -> WebhookRequest:
        """Return what an adapter reads; ``public_url`` is what the provider calls."""
        return WebhookRequest(
            event=self.event,
            method=self.method,
            url=f"{public_url}{self.target}",
            headers=cast(Mapping[str, str], Headers(list(self.headers))),
            query=self.query,
            body=self.body,
        )

    def to_json(self) -> str:
        """Return it as text, to be sealed."""
        return json.dumps(
            {
                "at": self.received_at.isoformat(),
                "method": self.method,
                "path": self.path,
                "query": self.query.decode("latin-1"),
                "headers": self.headers,
                "body": base64.b64encode(self.body).decode(),
            }
        )

    @classmethod
    def from_json(cls, text: str) -> "Post":
        """Return the post of ``to_json``."""
        kept: dict[str, Any] = json.loads(text)
        return cls(
            received_at=datetime.fromisoformat(kept["at"]),
            method=kept["method"],
            path=kept["path"],
            query=kept["query"].encode("latin-1"),
            headers=tuple((name, value) for name, value in kept["headers"]),
            body=base64.b64decode(kept["body"]),
        )


@dataclass(frozen=True, slots=True)
class Aside:
    """A post that was refused: ``name`` its file, ``reason`` in our words, ``at`` in s of 1970."""

    name: str
    reason: str
    at: float


class Spool:
    """One folder of posts. Several threads and processes may put; one at a time hands over."""

    def __init__(self, folder: Path, transit: Transit) -> None:
        self._folder = folder
        self._posts = folder / "posts"
        self._aside = folder / "aside"
        self._transit = transit
        self._naming = threading.Lock()
        self.filled = threading.Event()  # set by each put of this process

    def put(self, post: Post) -> None:
        """Keep a post so that a power cut cannot take it. Raises OSError, TransitLost."""
        sealed = self._transit.wrap(post.to_json())
        self._prepare()
        name = self._name(post.received_at)
        part = self._folder / f".{name}"
        try:
            _write(part, sealed)
            part.rename(self._posts / name)  # whole or not at all: nobody reads half a post
        except OSError:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise
        sync(self._posts)
        reached("spool.written")
        self.filled.set()

    def holds(self) -> bool:
        """Tell whether anything waits, so that what comes now must wait behind it."""
        try:
            with os.scandir(self._posts) as entries:
                return any(NAME.fullmatch(one.name) for one in entries)
        except OSError:  # not there yet, or nobody can say
            return False

    def has_key(self) -> bool:
        """Tell whether there is any transit key, so that what is put can be sealed."""
        try:
            self._transit.wrap("")
        except TransitLost:
            return False
        return True

    def names(self) -> list[str]:
        """Return what waits, oldest first."""
        try:
            return sorted(one.name for one in os.scandir(self._posts) if NAME.fullmatch(one.name))
        except FileNotFoundError:
            return []

    def read(self, name: str) -> Post:
        """Open one. Raises TransitLost when its key is not there, or ValueError."""
        return Post.from_json(self._transit.unwrap((self._posts / name).read_bytes()))

    def done(self, name: str) -> None:
        """Let go what was handed over."""
        # Not synced: if a power cut brings it back, the same id is handed over twice and kept once.
        (self._posts / name).unlink(missing_ok=True)

    def set_aside(self, name: str, reason: str) -> None:
        """Take out of the way what cannot be handed over, for a person to look at."""
        (self._aside / f"{name}{WHY}").write_text(reason, encoding="utf-8")
        (self._posts / name).rename(self._aside / name)

    def aside(self) -> list[Aside]:
        """Return what was set aside, oldest first."""
        found = sorted(self._aside.glob(f"*{POST}"))
        return [Aside(one.name, self._why(one.name), one.stat().st_mtime) for one in found]

    def retry(self, name: str) -> None:
        """Let what was set aside be handed over once more. Raises FileNotFoundError."""
        (self._aside / name).rename(self._posts / name)
        (self._aside / f"{name}{WHY}").unlink(missing_ok=True)

    def forget(self, now: float) -> None:
        """Destroy what was set aside a week ago: its key is gone, nobody can open it any more."""
        for one in self.aside():
            if one.at <= now - KEPT_S:
                (self._aside / one.name).unlink(missing_ok=True)
                (self._aside / f"{one.name}{WHY}").unlink(missing_ok=True)

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Say whether this process is the one that hands over, and stay so meanwhile."""
        self._prepare()
        with (self._folder / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    def _prepare(self) -> None:
        if self._posts.is_dir() and self._aside.is_dir():
            return
        for folder in (self._folder, self._posts, self._aside):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (self._folder, *self._folder.parents[:2]):
            sync(folder)  # else a power cut takes the folder, with the first post in it

    def _name(self, at: datetime) -> str:
        """Return a name that sorts behind all there are, also after the clock was put back.

        Another process may put as well: the last number stands in a file.
        """
        with self._naming, (self._folder / "last").open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            said = file.read()
            last = int(said) if said.isdigit() else self._newest()
            number = max(int(at.timestamp() * MICROSECONDS), last + 1)
            file.truncate(0)
            file.write(str(number).encode())
        return f"{number:020d}-{secrets.token_hex(4)}{POST}"

    def _newest(self) -> int:
        return max((int(one.partition("-")[0]) for one in self.names()), default=0)

    def _why(self, name: str) -> str:
        try:
            return (self._aside / f"{name}{WHY}").read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""


def _write(path: Path, sealed: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())


def sync(folder: Path) -> None:
    """Make durable which files a folder holds. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
