"""Which language a text is in: langdetect with our own profiles, and a second opinion beside it.

A hint and never a decision: it opens, files and routes nothing (flows/language.py weighs it). The
second opinion is a naive Bayes over n-grams of folded words; it knows a class of languages that
are not served, so that the two together can say that they do not know.
"""

import math
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from langdetect.detector_factory import DetectorFactory
from langdetect.lang_detect_exception import LangDetectException

from flows.language import UNKNOWN, Heard, HeardBand, script_of
from flows.spellings import plain_words
from workers.language_text import grams, lower

OTHER = "other"  # the class of languages that are not served
SECOND = "second.txt"

LOWEST, LAST_LEVEL = 33, 90  # characters of the table: printable, no space
STEP = 0.16  # nats between two levels

SEED = 7  # any; without one, one text in twelve changes its answer between two runs
DOUBT = 1e-2  # what langdetect rules out may still be: its probability is no confidence
SURE = 8.0  # nats by which the first must lead the second
FEWEST_LETTERS = 4  # "ok" is of no language
FEWEST_WORDS = 3  # reference "Languages", design rule 1: the detector is asked from 3 words on
WINDOW = 4  # words within which one language of a mixed message is heard,
SHORT_WINDOW = 3  # and in a message too short for two such windows
LEADS = 8.0  # nats by which it must lead there

Nats = Mapping[str, float]  # how likely a text is in each language, as a logarithm
Levels = Sequence[int]


def detect(text: str) -> str:
    """Return the code of the language of ``text`` (bm ff ses snk fr en ar), or und."""
    return hear(text).language or UNKNOWN


def hear(text: str) -> Heard:
    """Tell which language ``text`` is in. Same text, same answer; any text is allowed."""
    return _ear().hear(text)


class Ear:
    """Both opinions, as a folder of profiles gives them (workers/language_build.py)."""

    def __init__(self, profiles: Traversable) -> None:
        head, *lines = profiles.joinpath(SECOND).read_text("utf-8").splitlines()
        self._version, *self._codes = head.split(" ")
        self._served = [code for code in self._codes if code != OTHER]
        width = len(self._codes)
        self._table = {line[width:]: line[:width].encode() for line in lines}
        self._factory = DetectorFactory()
        self._factory.set_seed(SEED)
        self._factory.load_json_profile(
            [profiles.joinpath(f"{code}.json").read_text("utf-8") for code in self._served]
        )

    def hear(self, text: str) -> Heard:
        """Tell which language ``text`` is in, as `hear` does."""
        written = script_of(text)
        if written in self._served:
            return self._heard(written, "sure")
        plain = lower(text)
        said = plain_words(plain)
        if sum(map(len, said)) < FEWEST_LETTERS:
            return self._heard(None, "unknown")
        by_word = [self._levels(word) for word in said]
        alone = self._nats(by_word)
        first = self._first(plain)
        both = {code: alone[code] + math.log(first.get(code, 0) + DOUBT) for code in self._served}
        mixed = self._mixed(by_word)
        if len(mixed) > 1:
            one, other = sorted(mixed[:2], key=both.__getitem__, reverse=True)
            return self._heard(one, "guess", other)
        best, lead = _leader({**both, OTHER: alone[OTHER]})
        if best == OTHER:
            return self._heard(None, "unknown")
        sure = lead >= SURE and len(said) >= FEWEST_WORDS
        return self._heard(best, "sure" if sure else "guess")

    def _heard(self, language: str | None, band: HeardBand, second: str | None = None) -> Heard:
        return Heard(language, band, second, self._version)

    def _first(self, plain: str) -> Nats:
        """Return langdetect's probabilities; none for a text it finds no letters in."""
        detector = self._factory.create()
        detector.append(plain)
        try:
            return {one.lang: one.prob for one in detector.get_probabilities()}
        except LangDetectException:
            return {}

    def _levels(self, word: str) -> Levels:
        rows = [self._table[gram] for gram in grams(word) if gram in self._table]
        return [sum(column) for column in zip(*rows, strict=True)] or [0] * len(self._codes)

    def _nats(self, by_word: Sequence[Levels]) -> Nats:
        sums = (sum(column) for column in zip(*by_word, strict=True))
        return {code: -STEP * level for code, level in zip(self._codes, sums, strict=True)}

    def _mixed(self, by_word: Sequence[Levels]) -> list[str]:
        """Return the languages that lead within some window of words, the clearest first."""
        clear: dict[str, float] = {}
        width = WINDOW if len(by_word) >= 2 * WINDOW else SHORT_WINDOW
        for start in range(max(1, len(by_word) - width + 1)):
            code, lead = _leader(self._nats(by_word[start : start + width]))
            if code != OTHER and lead >= LEADS:
                clear[code] = max(lead, clear.get(code, 0))
        return sorted(clear, key=lambda code: (-clear[code], code))


def _leader(nats: Nats) -> tuple[str, float]:
    """Return the likeliest language and by how much it leads the next."""
    first, second, *_ = sorted(nats, key=nats.__getitem__, reverse=True)
    return first, nats[first] - nats[second]


@cache
def _ear() -> Ear:
    return Ear(files("workers").joinpath("profiles"))
