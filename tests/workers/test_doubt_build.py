"""Weights learnt from a few invented lines: complete, the same each time, telling classes apart."""

import subprocess
import sys

import pytest
import yaml

from flows.concepts import lexicon
from flows.doubt import CLASSES, likely
from tests.rules.sources import ROOT
from workers.doubt_build import RARE, learn, lessons, written

LINES = {
    "-": "la pompe donne de l'eau claire",
    "C5": "le tresorier vide la caisse commune",
    "C6": "un livreur exige des baisers volants",
    "C7": "une marmite lancee contre son visage",
}


@pytest.fixture
def taught(tmp_path):
    path = tmp_path / "lines.tsv"
    rows = [f"-\t-\t{meant}\t{words}\n" for meant, words in LINES.items()] * RARE
    path.write_text("".join(rows), encoding="utf-8")
    return path


def test_what_was_taught_is_told_apart(taught):
    bias, weights = learn(lessons([taught]))
    for meant, words in LINES.items():
        [marks] = lexicon().hear(words).stretches
        guess = likely(marks, bias, weights)
        assert CLASSES[guess.index(max(guess))] == meant


def test_what_is_seen_once_says_nothing(taught):
    with taught.open("a", encoding="utf-8") as lines:
        lines.write("-\t-\tC7\tunique est ce parallelepipede\n")
    _, weights = learn(lessons([taught]))
    assert not [mark for mark in weights if mark.startswith("paral")]


def test_the_command_writes_the_same_table_each_time(taught, tmp_path):
    for out in ("one", "two"):
        subprocess.run(
            [sys.executable, "-m", "workers.doubt_build", tmp_path / out, taught],
            cwd=ROOT,
            check=True,
        )
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    table = yaml.safe_load((tmp_path / "one").read_text("utf-8"))
    assert set(table) == {"threshold", "bias", "weights"}
    assert written(*learn(lessons([taught]))) == (tmp_path / "one").read_text("utf-8")


def test_a_class_that_does_not_exist_is_refused(tmp_path):
    path = tmp_path / "lines.tsv"
    path.write_text("-\t-\tC3\tla pompe ne donne pas d'eau\n", encoding="utf-8")
    with pytest.raises(ValueError, match="C3"):
        lessons([path])
