"""Makes the profiles of the language detector from folders of text; run by hand, never in service.

python -m workers.language_build TRAIN OUT

TRAIN holds ``<code>.txt``, a sentence a line, in UTF-8: one file a language, and ``other.txt`` of
languages that are not served. OUT gets what workers/language.py loads. The same text gives the
same bytes. The text itself stays outside the project (docs/decisions, on the language detector).
"""

import json
import math
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path

from langdetect.detector_factory import PROFILES_DIRECTORY
from langdetect.utils.lang_profile import LangProfile

from flows.place_names import fold
from flows.spellings import plain_words, ways
from workers.language import LAST_LEVEL, LOWEST, OTHER, SECOND, STEP
from workers.language_text import LONGEST_GRAM, grams, lower

PACKAGED = ("ar", "en", "fr")  # langdetect brings these, counted in Wikipedia
FRENCH = "fr"
FIRST_GRAMS = 3  # langdetect's longest n-gram
PACKAGED_LETTERS = 200_000  # letters that a packaged profile counts for beside our own text
PACKAGED_GRAMS = 20_000  # the same for the second opinion: more would hide SMS French
RARE = 4  # n-grams seen less often say nothing
SMOOTHING = (0, 50, 200, 500, 1000)  # n-grams of 1 to 4 that every language is given in advance
FLOOR = 0.02  # of an n-gram that a language has never shown
VERSION_DIGITS = 8
TEXTED = 3  # every third line of French is learnt as it would be texted, too

# How French is texted: kan, medikaman, o marché. Written for this project.
_TEXTING = (
    (r"qu", "k"), (r"eau|au", "o"), (r"ph", "f"), (r"tion", "sion"), (r"ç", "s"),
    (r"c(?=[aoulr])", "k"), (r"ai", "e"), (r"oi", "wa"), (r"(?<=\w\w)(?:es|ts?|[dsex])\b", ""),
    (r"er\b|ez\b", "é"), (r"ss", "s"), (r"\b([cdjlmnst])'", r"\1"),
)  # fmt: skip

Texts = Mapping[str, Sequence[str]]
Counts = Mapping[str, float]


def read_texts(folder: Path) -> dict[str, list[str]]:
    """Return the lines of each ``<code>.txt``, in lower case. Raises OSError."""
    return {
        path.stem: [lower(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
        for path in sorted(folder.glob("*.txt"))
    }


def build(read: Texts, out: Path) -> None:
    """Write the profiles of langdetect, one a language, and the table of the second opinion."""
    out.mkdir(parents=True, exist_ok=True)
    texts = {**read, FRENCH: [*read[FRENCH], *map(texted, read[FRENCH][::TEXTED])]}
    files = {f"{code}.json": _first(code, texts[code]) for code in texts if code != OTHER}
    body = _second(texts)
    everything = "".join(files[name] for name in sorted(files)) + body
    version = sha256(everything.encode()).hexdigest()[:VERSION_DIGITS]
    files[SECOND] = f"{version} {' '.join(sorted(texts))}\n{body}"
    for name, text in files.items():
        (out / name).write_text(text, "utf-8", newline="\n")


def texted(line: str) -> str:
    """Return a line of French as it would be texted."""
    for written, sent in _TEXTING:
        line = re.sub(written, sent, line)
    return line


def _first(code: str, lines: Iterable[str]) -> str:
    """Return a profile as langdetect reads it: how often each n-gram of 1 to 3 was seen."""
    profile = LangProfile(code)
    for line in lines:
        for spelt in ways(line):
            profile.update(spelt)
    profile.omit_less_freq()
    seen = Counter(profile.freq)
    letters = sum(count for gram, count in seen.items() if len(gram) == 1)
    for gram, share in _packaged(code).items():
        seen[gram] += round(share * max(letters, PACKAGED_LETTERS))
    freq = {gram: seen[gram] for gram in sorted(seen) if seen[gram]}
    totals = [_total(freq, size) for size in range(1, FIRST_GRAMS + 1)]
    document = {"name": code, "n_words": totals, "freq": freq}
    return json.dumps(document, ensure_ascii=False, indent=0, separators=(",", ":")) + "\n"


def _total(freq: Mapping[str, float], size: int) -> float:
    return sum(count for gram, count in freq.items() if len(gram) == size)


@cache
def _packaged(code: str) -> Counts:
    """Return langdetect's own profile in lower case: each n-gram's share among those so long."""
    if code not in PACKAGED:
        return {}
    document = json.loads((Path(PROFILES_DIRECTORY) / code).read_text("utf-8"))
    return _shares((gram.lower(), count) for gram, count in document["freq"].items())


def _shares(counted: Iterable[tuple[str, float]]) -> Counts:
    seen: defaultdict[str, float] = defaultdict(float)
    for gram, count in counted:
        if 0 < len(gram) <= FIRST_GRAMS:
            seen[gram] += count
    totals = [0, *(_total(seen, size) for size in range(1, FIRST_GRAMS + 1))]
    return {gram: seen[gram] / totals[len(gram)] for gram in sorted(seen) if seen[gram]}


def _second(texts: Texts) -> str:
    """Return the table: a line an n-gram, each language's level as one character, then the gram."""
    codes = sorted(texts)
    own = {code: _counted(texts[code]) for code in codes}
    known = sorted(set().union(*own.values()))
    seen = {code: _sums(own[code], _brought(code, known)) for code in codes}
    kept = sorted(gram for gram, count in _sums(*seen.values()).items() if count >= RARE)
    sizes = range(1, LONGEST_GRAM + 1)
    totals = {code: [0.0, *(_total(seen[code], size) for size in sizes)] for code in codes}
    rows = []
    for gram in kept:
        counts = [(seen[code].get(gram, 0.0), totals[code][len(gram)]) for code in codes]
        rows.append(f"{_row(counts, len(gram))}{gram}\n")
    return "".join(rows)


def _sums(*several: Counts) -> Counts:
    sums: defaultdict[str, float] = defaultdict(float)
    for one in several:
        for gram, count in one.items():
            sums[gram] += count
    return sums


def _counted(lines: Iterable[str]) -> Counts:
    """Count the n-grams of the words of ``lines``; the spellings of a line share its weight."""
    by_word: defaultdict[str, float] = defaultdict(float)
    for line in lines:
        folded = sorted({tuple(plain_words(way)) for way in ways(line)})
        for spelt in folded:
            for word in spelt:
                by_word[word] += 1 / len(folded)
    seen: defaultdict[str, float] = defaultdict(float)
    for word in sorted(by_word):
        for gram in grams(word):
            seen[gram] += by_word[word]
    return seen


def _brought(code: str, known: Iterable[str]) -> Counts:
    """Return what the packaged profile says of folded n-grams; 4 are guessed from their 3s."""
    shares = _shares((_folded(gram), share) for gram, share in _packaged(code).items())
    chained = {
        gram: shares[gram[:3]] * shares[gram[1:]] / shares[gram[1:3]]
        for gram in known
        if len(gram) == LONGEST_GRAM and gram[:3] in shares and gram[1:] in shares
    }
    return {gram: share * PACKAGED_GRAMS for gram, share in {**shares, **chained}.items()}


def _folded(gram: str) -> str:
    return "".join(fold(letter) or " " for letter in gram)


def _row(counts: Sequence[tuple[float, float]], size: int) -> str:
    """Return how unlikely an n-gram is in each language, as characters from LOWEST on."""
    middle = sum(count / total for count, total in counts) / len(counts)
    early = SMOOTHING[size]
    chances = [(count + early * middle + FLOOR) / (total + early) for count, total in counts]
    levels = (min(round(-math.log(chance) / STEP), LAST_LEVEL) for chance in chances)
    return "".join(chr(LOWEST + level) for level in levels)


def main() -> None:
    """Read the folders from the command line."""
    if len(sys.argv) != len(("program", "TRAIN", "OUT")):
        sys.exit("python -m workers.language_build TRAIN OUT")
    build(read_texts(Path(sys.argv[1])), Path(sys.argv[2]))


if __name__ == "__main__":
    main()
