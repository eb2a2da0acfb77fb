"""Profiles made of a tiny corpus: complete, the same each time, telling languages apart."""

import json
import subprocess
import sys

import pytest

from tests.rules.sources import ROOT
from workers.language import Ear
from workers.language_build import build, read_texts, texted

# Invented words, so that no training sentence stands here.
CORPUS = {
    "bm": ["bobo bala buru bobo", "buru balo bobe", "bala bubu boro"] * 4,
    "fr": ["tatou titre tetu tatou", "titre tonte tatou", "tetu titou tartre"] * 4,
    "other": ["zizz zazz zozz", "zuzz zizz zezz", "zazz zozz zuzz"] * 4,
}


@pytest.fixture
def train(tmp_path):
    folder = tmp_path / "train"
    folder.mkdir()
    for code, lines in CORPUS.items():
        (folder / f"{code}.txt").write_text("\n".join(lines) + "\n\n", encoding="utf-8")
    return folder


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_command_builds_the_same_bytes_each_time(train, tmp_path):
    built = []
    for out in ("one", "two"):
        subprocess.run(
            [sys.executable, "-m", "workers.language_build", train, tmp_path / out],
            cwd=ROOT,
            check=True,
        )
        built.append(contents(tmp_path / out))
    assert built[0] == built[1]
    assert set(built[0]) == {"bm.json", "fr.json", "second.txt"}


def test_the_command_says_how_it_is_used():
    done = subprocess.run(
        [sys.executable, "-m", "workers.language_build"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "TRAIN OUT" in done.stderr


def test_profiles_tell_apart_what_they_were_made_of(train, tmp_path):
    build(read_texts(train), tmp_path / "out")
    ear = Ear(tmp_path / "out")
    assert ear.hear("bobo buru balo").language == "bm"
    assert ear.hear("tatou titre tonte").language == "fr"
    assert ear.hear("zizz zozz zazz").language is None


def test_french_is_learnt_as_it_is_texted_too():
    assert texted("quand j'ai pris les médicaments au marché") == "kan je pri le médikamen o marché"


def test_other_text_has_another_version(train, tmp_path):
    build(read_texts(train), tmp_path / "one")
    (train / "bm.txt").write_text("boubou bala\n" * 5, encoding="utf-8")
    build(read_texts(train), tmp_path / "two")
    versions = {Ear(tmp_path / out).hear("bobo bala").version for out in ("one", "two")}
    assert len(versions) == 2


def test_profiles_are_in_the_form_that_langdetect_reads(train, tmp_path):
    build(read_texts(train), tmp_path / "out")
    profile = json.loads((tmp_path / "out" / "bm.json").read_text(encoding="utf-8"))
    assert profile["name"] == "bm"
    assert len(profile["n_words"]) == 3
    assert {len(gram) for gram in profile["freq"]} <= {1, 2, 3}


def test_no_word_of_the_text_stands_whole_in_the_profiles(train, tmp_path):
    (train / "bm.txt").write_text("bobobala burubobo\n" * 9, encoding="utf-8")
    build(read_texts(train), tmp_path / "out")
    for text in contents(tmp_path / "out").values():
        assert b"bobobala" not in text
