"""Texts to try the language detector on: those for training where they lie, else small ones."""

import os
import random
import unicodedata
from pathlib import Path

import pytest

# The text stays outside the project: JAABI_LANGUAGE_TEXT, or beside the checkout.
BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data" / "lang"
FOLDER = Path(os.environ.get("JAABI_LANGUAGE_TEXT", BESIDE))
present = pytest.mark.skipif(
    not (FOLDER / "dev.tsv").is_file(),
    reason="the training text is not here: set JAABI_LANGUAGE_TEXT to its folder",
)

SIX = ("bm", "ff", "ses", "fr", "en", "ar")
NATIONAL_AND_FRENCH = ("bm", "ff", "ses", "fr")
FEW = 5  # words
PLAIN = str.maketrans("ɛɔɲŋɓɗƴñ", "eonnbdyn")

# Written for this project, but for the lines of the national languages, which are attested words
# (flows/lexicon) in a row.
SMALL = (
    ("fr", "on n'a pas encore recu les vivres du mois"),
    ("fr", "le cscom est ferme depuis lundi"),
    ("fr", "bonjour je veux parler a une femme svp"),
    ("fr", "ya pa medikaman o csref depui 2 semene"),
    ("en", "the food was not given to everybody in our village"),
    ("en", "please call me back tomorrow morning"),
    ("ar", "لم نستلم الطعام هذا الشهر"),
    ("bm", "dɔgɔtɔrɔso fura dumuni ni ji"),
    ("bm", "i ni ce dugutigi ni dogotoroke"),
    ("ff", "hannde haŋki jaŋngo ñalnde yontere lewru"),
)


def development():
    """The lines of dev.tsv, as pairs of code and text."""
    lines = (FOLDER / "dev.tsv").read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("\t", 1)) for line in lines]


def training():
    """The lines of the training text by language."""
    return {
        path.stem: [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        for path in sorted((FOLDER / "train").glob("*.txt"))
    }


def to_ascii(text):
    """A text as a phone without special letters writes it."""
    split = unicodedata.normalize("NFKD", text.casefold().translate(PLAIN))
    return "".join(letter for letter in split if not unicodedata.combining(letter))


def cut(line, draw, shortest=3, longest=14):
    """A piece of a line, as long as an SMS."""
    words = line.split()
    length = min(len(words), draw.randint(shortest, longest))
    start = draw.randint(0, len(words) - length)
    return " ".join(words[start : start + length])


def folds(lines, count, most=400, seed=3):
    """Give ``count`` times (what to train on, what to ask); of a language ``most`` lines a time."""
    draw = random.Random(seed)
    shuffled = {code: draw.sample(some, len(some)) for code, some in lines.items()}
    for fold in range(count):
        asked = [
            (code, cut(line, draw))
            for code, some in shuffled.items()
            for line in some[fold::count][:most]
        ]
        kept = {
            code: [line for place, line in enumerate(some) if place % count != fold]
            for code, some in shuffled.items()
        }
        yield kept, asked


def half_and_half(lines, count, seed=3):
    """Messages half French, half Bambara, Fulfulde or Songhay, 3 to 6 words of each."""
    draw = random.Random(seed)
    mixed = []
    while len(mixed) < count:
        other = draw.choice(("bm", "ff", "ses"))
        length = draw.randint(3, 6)
        halves = [draw.choice(lines[code]) for code in ("fr", other)]
        if all(len(half.split()) >= length for half in halves):
            pieces = [cut(half, draw, length, length) for half in halves]
            mixed.append((other, " ".join(draw.sample(pieces, 2))))
    return mixed


class Score:
    """How often a detector is right, by language."""

    def __init__(self, ear, lines, fold=str):
        self.right = {}
        self.short = {}
        for code, text in lines:
            heard = ear.hear(fold(text)).language or "other"
            self.right.setdefault(code, []).append(heard == code)
            if len(text.split()) <= FEW:
                self.short.setdefault(code, []).append(heard == code)

    def of(self, code):
        return sum(self.right[code]) / len(self.right[code])

    @property
    def macro(self):
        return sum(map(self.of, SIX)) / len(SIX)

    @property
    def worst_of_few_words(self):
        return min(sum(self.short[code]) / len(self.short[code]) for code in NATIONAL_AND_FRENCH)
