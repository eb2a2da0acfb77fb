"""Learns the weights of flows/doubt.py from labelled lines; run by hand, never in service.

python -m workers.doubt_build OUT LINES...

LINES are tables as tests/flows/labelled holds them: category, who, compartment or "-", words.
OUT gets flows/lexicon/doubt.yaml. The same lines give the same weights. A line that is to measure
must not be among those that teach.

A softmax regression with all lines at each step, each class weighing the same in sum, pulled
towards zero (Hastie, Tibshirani, Friedman, The Elements of Statistical Learning, 4.4).
"""

import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from flows.concepts import lexicon
from flows.doubt import CLASSES, ORDINARY, Marks, Weights, likely

ROUNDS = 120
PACE = 10.0
PULL = 0.3  # towards zero, of one line's weight
RARE = 3  # lines; a mark seen in fewer says nothing
THRESHOLD = 0.93  # chosen on lines left out; see tests/flows/test_texted.py for what passes it
DIGITS = 2

Lesson = tuple[Marks, int]  # marks of a line, and its class by place in CLASSES
HEAD = """\
# What each word (by its sound) and each <concept> of fr.yaml says for: {classes}.
# Learnt by workers/doubt_build.py from labelled lines; not to be edited by hand.
"""


def lessons(paths: Iterable[Path]) -> list[Lesson]:
    """Return what the lines of ``paths`` teach. Raises OSError, ValueError for an unknown class."""
    return [lesson for path in paths for lesson in _read(path)]


def learn(taught: Sequence[Lesson]) -> tuple[list[float], dict[str, list[float]]]:
    """Return the bias and the weights of the marks, one number for each of CLASSES."""
    seen = Counter(mark for marks, _ in taught for mark in marks)
    weights = {mark: [0.0] * len(CLASSES) for mark in sorted(seen) if seen[mark] >= RARE}
    known = [(frozenset(marks & weights.keys()), meant) for marks, meant in taught]
    bias = [0.0] * len(CLASSES)
    for _ in range(ROUNDS):
        _step(known, bias, weights)
    return bias, weights


def written(bias: Sequence[float], weights: Weights) -> str:
    """Return the table as YAML, a mark a line."""
    lines = [HEAD.format(classes=", ".join(CLASSES).replace(ORDINARY, "ordinary"))]
    lines += [f"threshold: {THRESHOLD}\n", f"bias: {_row(bias)}\n", "weights:\n"]
    lines += [f'  "{mark}": {_row(weight)}\n' for mark, weight in sorted(weights.items())]
    return "".join(lines)


def _read(path: Path) -> Iterator[Lesson]:
    with path.open(encoding="utf-8", newline="") as lines:
        for _, _, meant, words in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            for marks in lexicon().hear(words).stretches:
                yield marks, _column(meant)


def _column(meant: str) -> int:
    if meant not in CLASSES:
        raise ValueError(f"no compartment: {meant}")
    return CLASSES.index(meant)


def _step(known: Sequence[Lesson], bias: list[float], weights: dict[str, list[float]]) -> None:
    size = Counter(meant for _, meant in known)
    pulls = [0.0] * len(CLASSES)
    moved: defaultdict[str, list[float]] = defaultdict(lambda: [0.0] * len(CLASSES))
    for marks, meant in known:
        share = 1 / (len(marks) or 1) ** 0.5
        for column, guess in enumerate(likely(marks, bias, weights)):
            missing = ((column == meant) - guess) / (len(CLASSES) * size[meant])
            pulls[column] += missing
            for mark in marks:
                moved[mark][column] += share * missing
    for column, pull in enumerate(pulls):
        bias[column] += PACE * pull
    for mark, weight in weights.items():
        for column, move in enumerate(moved[mark]):
            weight[column] += PACE * (move - PULL * weight[column] / len(known))


def _row(numbers: Sequence[float]) -> str:
    return "[" + ", ".join(f"{number:.{DIGITS}f}" for number in numbers) + "]"


def main() -> None:
    """Learn from the files named on the command line."""
    out, *paths = map(Path, sys.argv[1:])
    out.write_text(written(*learn(lessons(paths))), encoding="utf-8")


if __name__ == "__main__":
    main()
