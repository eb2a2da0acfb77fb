"""The password of the demo's accounts: drawn anew for each installation, as its PINs are."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

FILE = "demo-password"
HOST = "jaabi.example"
FIRST = f"triager@{HOST}"
WORDS, SYLLABLES = 4, 2
CONSONANTS, VOWELS = "bdfklmnrst", "aeiou"

Choice = Callable[[Sequence[str]], str]


def draw(choice: Choice) -> str:
    """Return words that are quickly typed: bako-timu-sela-roni."""
    syllables = [choice(CONSONANTS) + choice(VOWELS) for _ in range(WORDS * SYLLABLES)]
    pairs = zip(syllables[::SYLLABLES], syllables[1::SYLLABLES], strict=True)
    return "-".join(map("".join, pairs))


def write_password(home: Path, password: str) -> None:
    """Keep it for ``make run`` to print, readable by its owner only."""
    handle = os.open(home / FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"{password}\n")


def read_password(home: Path) -> str:
    """Return it; nothing if it is not kept."""
    target = home / FILE
    return target.read_text("ascii").strip() if target.exists() else ""
