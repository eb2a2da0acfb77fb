"""A programme whose phones are canaries, errors forced at every place, and the thief afterwards."""

import contextlib
import itertools
import random
import re
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path

import nacl.exceptions
import nacl.public
import nacl.secret
import pyrage
import requests

from models.vault import renew_transit
from tests.journeys.canary_roads import ROADS, WORKERS, speak, staff_works
from tests.journeys.provider import PATIENCE_S
from tests.journeys.traces import Traces
from tests.journeys.world import ROOT, TRIAGER, World
from tests.thief import loot

SEED = 20261124
CONSONANTS, VOWELS = "bcdfgjkpvwxz", "aeiou"
NUMBERS = range(70_000_000, 70_010_000)  # those that tests may use; all canaries are among them
NOBODYS = range(1000, 10_000)
ENDS_OF_NOBODY = 500  # last three digits that no registered phone of the demo has
POINT = re.compile(r'(?<!def )reached\("([a-z._]+)"\)')
ROOMS = ("flows", "models", "workers", "gateway")
OLDER = timedelta(days=9)  # than any transit key that exists
QUIET_S = 900  # a thousand callers are answered within minutes
NAMED = 4  # bytes of a key's name before what it sealed
LISTS = (
    ("cases", "--json"),
    ("people", "list", "--json"),
    ("messages", "--json"),
    ("referrals", "--json"),
    ("stock", "--json"),
    ("alerts", "--json"),
    ("slips", "list", "--json"),
    ("dead-letters", "--json"),
    ("audit", "list", "--json"),
    ("export", "cases", "--format", "csv"),
    ("privacy", "register", "--json"),
    ("channels", "--json"),
    ("doctor",),
)


def canaries(count: int) -> list[tuple[str, str]]:
    """Return numbers, each with the word that only this phone says, none of them of the demo."""
    draw = random.Random(SEED)
    tails = draw.sample([tail for tail in NOBODYS if tail % 1000 >= ENDS_OF_NOBODY], count)
    syllables = ["".join(one) for one in itertools.product(CONSONANTS, VOWELS)]
    words = ["xq" + "".join(draw.choices(syllables, k=5)) for _ in tails]
    return [(f"+2237000{tail:04}", word) for tail, word in zip(tails, words, strict=True)]


def points() -> list[str]:
    """Return every place at which a process can be made to fail, as the source names them."""
    sources = (path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    return sorted({name for path in sources for name in POINT.findall(path.read_text())})


class Watched(World):
    """A world that remembers what phones typed: numbers said on purpose are no traces of ours."""

    def __init__(self, home, database_url=None):
        super().__init__(home, database_url)
        self.wishes = Path(home).parent / "faults"
        self.wishes.mkdir()
        self.environment["JAABI_FAULTS"] = str(self.wishes)
        self.typed = []

    def post(self, event, fields):
        """Post as a network does, past the errors that were forced."""
        self.typed.append(fields.get("text", ""))
        return super().post(event, fields)

    def fails(self, point, words, done):
        """Let one place fail with these words; ``done`` is tried until it has."""
        wish = self.wishes / point
        wish.write_text(words, encoding="utf-8")
        pause = threading.Event()
        for _ in range(int(PATIENCE_S / 0.2)):
            if not wish.exists():
                return
            done()
            pause.wait(0.2)
        raise AssertionError(f"{point} was never reached")


class Heist:
    """One run: who speaks, what goes wrong, and what a thief then finds."""

    def __init__(self, world: Watched, callers: list[tuple[str, str]]) -> None:
        self.world = world
        self.staff, self.callers = callers[: len(WORKERS)], callers[len(WORKERS) :]
        self.numbers = [number for number, _ in callers]
        self.words = [word for _, word in callers]
        self.traces = Traces(self.numbers, self.words)

    def everybody_speaks(self) -> None:
        """Let all callers use all roads, several at once."""
        with ThreadPoolExecutor(len(ROADS)) as crowd:
            list(crowd.map(self._speak, range(len(ROADS))))

    def _speak(self, road: int) -> None:
        for number, word in self.callers[road :: len(ROADS)]:
            ROADS[road](self.world.phone(number), word)

    def staff_works(self, folder: Path) -> None:
        """Let registered phones use all theirs."""
        staff_works(self.world, folder, self.staff, self.callers[0][0])

    def all_goes_wrong(self) -> list[str]:
        """Force an error, with a number and words in it, at every place; return the places.

        Not before all is done that was asked so far: what errors need would wait behind it.
        """
        self.world.until(lambda: not self.world.unfinished(), seconds=QUIET_S)
        done = points()
        for place, (number, word) in zip(done, itertools.cycle(self.callers)):
            said = f"{word}: {number} ({number[4:]}) {{'phoneNumber': '{number}'}}"
            act = ACTS.get(place) or ACTS.get(place.partition(".")[0]) or Heist._calls
            self.world.fails(place, said, partial(act, self, number, word))
        self.world.until(self.world.is_ready, seconds=2 * PATIENCE_S)
        return done

    def _calls(self, number: str, word: str) -> None:
        phone = self.world.phone(number)
        with contextlib.suppress(AssertionError, requests.RequestException):
            phone.sms("JAABI")  # it may have said STOP, and then nothing leaves for it
            phone.sms(f"{word} AIDE")
        with contextlib.suppress(AssertionError, requests.RequestException):
            phone.dial()
            phone.type("1", "1")

    def _tells(self, number: str, word: str) -> None:
        with contextlib.suppress(AssertionError, requests.RequestException):
            speak(self.world.phone(number), word)

    def _reads(self, number: str, word: str) -> None:
        triager = self.world.phone(TRIAGER)
        with contextlib.suppress(AssertionError, requests.RequestException):
            triager.dial()
            triager.type("8", self.world.pins()["P0151"], "1", "1", "1")

    def _spools(self, number: str, word: str) -> None:
        if any(self.world.settings.spool_dir.rglob("*.post")):
            return  # what waits there already is about to be handed over
        with self._nobody_writes(), contextlib.suppress(AssertionError, requests.RequestException):
            self.world.phone(number).sms(f"{word} AIDE")

    @contextlib.contextmanager
    def _nobody_writes(self):
        """Keep the database from everybody for longer than anybody waits for it."""
        if not self.world.database_url.startswith("sqlite"):
            with self.world.database.begin() as link:
                link.exec_driver_sql("LOCK TABLE inbound_message, conversation IN EXCLUSIVE MODE")
                yield
            return
        link = sqlite3.connect(self.world.home / "jaabi.db", isolation_level=None)
        link.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            link.rollback()
            link.close()

    def back_up(self, folder: Path) -> None:
        """Make a backup, and every list that the command line gives."""
        keepers = [pyrage.x25519.Identity.generate().to_public() for _ in range(2)]
        told = "".join(f"{one}\n" for one in keepers)
        (self.world.home / "backup-recipients").write_text(told, encoding="ascii")
        self.world.jaabi("backup", str(folder / "all.backup"))
        with ThreadPoolExecutor(2) as crew:
            for words, said in zip(LISTS, crew.map(self._said_by, LISTS), strict=True):
                (folder / f"{' '.join(words)}.txt").write_bytes(said)

    def _said_by(self, words: tuple[str, ...]) -> bytes:
        command = [sys.executable, "-m", "gateway.cli", *words]
        done = subprocess.run(
            command, cwd=ROOT, env=self.world.environment, capture_output=True, timeout=60
        )
        return done.stdout + done.stderr

    def carry_off(self, folder: Path) -> dict[str, bytes]:
        """Take everything while the service runs, and its files once more when it has stopped."""
        world, taken = self.world, {}
        taken.update(loot.shown(world))
        taken.update(loot.carried(world))
        taken.update((f"running {name}", one) for name, one in loot.files(world.home))
        world.stop()
        taken.update(loot.files(world.home))
        taken.update((f"out {name}", one) for name, one in loot.files(folder))
        taken.update((f"wish {name}", one) for name, one in loot.files(world.wishes))
        if not world.database_url.startswith("sqlite"):
            taken.update(loot.server(world.database_url))
        return taken

    def traced(self, taken: dict[str, bytes]) -> dict[str, set[str]]:
        """Return the canaries that stand in what was taken, by where."""
        found = {}
        for name, content in taken.items():
            for piece in loot.unpacked(content):
                if seen := self.traces.found_in(piece):
                    found.setdefault(name, set()).update(seen)
        return found

    def opened(self, keys: dict[str, bytes]) -> list[str]:
        """Return what the thief reads with what may be keys among the loot."""
        blobs = (blob for _, blob in loot.sealed(self.world))
        return [said for blob in blobs for said in opened_with(keys, blob)]

    def named(self, said: list[str]) -> tuple[set[str], set[str]]:
        """Return the callers' numbers, beside those that were typed, and the words in it."""
        traces = self.traces.found_in("\0".join(said).encode())
        seen = {trace.partition(" ")[0] for trace in traces}
        typed = "\0".join(self.world.typed)
        numbers = {one for one in seen & set(self.numbers) if one[4:] not in typed}
        return numbers, seen & set(self.words)

    def grow_old(self) -> None:
        """Let the keeper renew its keys as it does each day, until none of today is left."""
        days = int(OLDER / timedelta(days=1))
        for day in range(days + 1):
            renew_transit(self.world.home / "keys", datetime.now(UTC) + timedelta(days=day))


# What brings a process to a place, where it is not just anybody who calls.
ACTS = {
    "spool": Heist._spools,
    "public.noted": Heist._reads,
    "keeper.before_link": Heist._reads,
    "keeper.linked": Heist._reads,
    "keeper.collected": Heist._tells,
    "keeper.keys_kept": Heist._tells,
}


def opened_with(keys: dict[str, bytes], blob: bytes) -> list[str]:
    """Return what a sealed value says to whoever has these keys, as secret and as private ones."""
    said = []
    for box in _boxes(frozenset(keys.values())):
        for start in (0, NAMED):
            with contextlib.suppress(nacl.exceptions.CryptoError, ValueError, TypeError):
                said.append(box.decrypt(blob[start:]).decode("utf-8", "replace"))
    return said


@cache
def _boxes(keys: frozenset[bytes]) -> list:
    whole = [key for key in keys if len(key) == nacl.secret.SecretBox.KEY_SIZE]
    private = [nacl.public.SealedBox(nacl.public.PrivateKey(key)) for key in whole]
    return [*map(nacl.secret.SecretBox, whole), *private]
