"""How well and how fast languages are told apart, on one core.

python -m bench.language [FOLDER]

FOLDER holds ``train/<code>.txt`` and ``dev.tsv``; without it JAABI_LANGUAGE_TEXT is asked, then
the folder beside the checkout. Promised: macro accuracy over bm, ff, ses, fr, en, ar of 97.5 % as
written and 97.0 % in ASCII, 88 % of other languages unknown, 94 % of the worst of bm, ff, ses, fr
in 5 words or fewer, both languages of 80 in 100 mixed messages with 5 % of false alarms, 400 texts
a second, a first call within 100 ms, profiles of 1 MB.
"""

import subprocess
import sys
import tempfile
import time
from importlib.resources import files
from pathlib import Path

from tests.workers import language_texts
from tests.workers.language_texts import SMALL, Score, development, folds, half_and_half, to_ascii
from workers.language import Ear, hear
from workers.language_build import build
from workers.language_text import lower

FOLDS, MIXED, ROUNDS, TRIES = 5, 300, 20, 3
FIRST_CALL = (
    "import time; from workers.language import hear; start = time.thread_time();"
    "hear('on a rien recu'); print(time.thread_time() - start)"
)


def speed(texts: list[str]) -> None:
    hear("on n'a rien recu")
    start = time.thread_time()  # of this core alone: others at work do not count
    for text in texts:
        hear(text)
    print(f"{'texts a second':<34}{len(texts) / (time.thread_time() - start):>9.0f}")
    ask = [sys.executable, "-c", FIRST_CALL]
    spent = [float(subprocess.check_output(ask)) for _ in range(TRIES)]
    print(f"{'first call, ms':<34}{min(spent) * 1000:>9.0f}")
    size = sum(len(path.read_bytes()) for path in files("workers").joinpath("profiles").iterdir())
    print(f"{'profiles, kB':<34}{size / 1000:>9.0f}")


def show(what: str, scores: list[Score]) -> None:
    def mean(figure) -> float:
        return sum(figure(score) for score in scores) / len(scores) * 100

    row = [mean(lambda score: score.macro), mean(lambda score: score.of("other"))]
    row.append(mean(lambda score: score.worst_of_few_words))
    print(f"{what:<34}" + "".join(f"{figure:>9.1f}" for figure in row))


def held_out() -> tuple[list[Score], list[Score]]:
    written, folded = [], []
    for kept, asked in folds(language_texts.training(), FOLDS):
        with tempfile.TemporaryDirectory() as folder:
            build({code: list(map(lower, lines)) for code, lines in kept.items()}, Path(folder))
            ear = Ear(Path(folder))
        written.append(Score(ear, asked))
        folded.append(Score(ear, asked, to_ascii))
    return written, folded


def mixed(ear: Ear) -> None:
    lines: dict[str, list[str]] = {}
    for code, text in development():
        lines.setdefault(code, []).append(text)
    heard = [(code, ear.hear(text)) for code, text in half_and_half(lines, MIXED)]
    both = sum({one.language, one.second} == {"fr", code} for code, one in heard)
    alarms = [ear.hear(text).second for code, text in development() if code != "other"]
    print(f"{'mixed: both heard, %':<34}{both / MIXED * 100:>9.1f}")
    print(f"{'unmixed: two heard, %':<34}{sum(map(bool, alarms)) / len(alarms) * 100:>9.1f}")


def main() -> None:
    if len(sys.argv) > 1:
        language_texts.FOLDER = Path(sys.argv[1])
    if not (language_texts.FOLDER / "dev.tsv").is_file():
        print("no text to measure on: give its folder; speed on small lines only")
        speed([text for _, text in SMALL] * ROUNDS * ROUNDS)
        return
    ear = Ear(files("workers").joinpath("profiles"))
    speed([text for _, text in development()] * ROUNDS)
    print(f"\n{'%':<34}{'macro':>9}{'other':>9}{'<=5 words':>9}")
    show("open lines, as written", [Score(ear, development())])
    show("open lines, ASCII", [Score(ear, development(), to_ascii)])
    for what, scores in zip(("as written", "ASCII"), held_out(), strict=True):
        show(f"held out, mean of {FOLDS}, {what}", scores)
    print()
    mixed(ear)


if __name__ == "__main__":
    main()
