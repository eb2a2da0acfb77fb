"""Which language a text is in: measured where the training text is, tried on small lines always."""

import subprocess
import sys
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.language import Heard
from tests.rules.sources import ROOT
from tests.workers.language_texts import (
    FOLDER,
    SMALL,
    Score,
    development,
    folds,
    half_and_half,
    present,
    to_ascii,
    training,
)
from workers.language import Ear, detect, hear
from workers.language_build import build, read_texts

PROFILES = files("workers").joinpath("profiles")
CODES = {"bm", "ff", "ses", "snk", "fr", "en", "ar", "und"}
MODEL_BYTES = 1_000_000


@pytest.fixture(scope="module")
def ear():
    return Ear(PROFILES)


@pytest.mark.parametrize(("code", "text"), SMALL)
def test_small_lines_are_heard_as_what_they_are(code, text):
    assert detect(text) == code
    assert detect(text.upper()) == code
    assert detect(to_ascii(text)) == code


@pytest.mark.parametrize("text", ["", " ", "ok", "1", "6143", "🙂", "?!", "www.x.org", "a@b.c"])
def test_nothing_is_heard_in_what_holds_no_words(text):
    heard = hear(text)
    assert detect(text) == "und"
    assert (heard.language, heard.band) == (None, "unknown")


@pytest.mark.parametrize(
    ("text", "code"), [("ߌ ߣߌ ߗߋ߫", "bm"), ("𞤀 𞤶𞤢𞥄𞤪𞤢𞥄𞤥𞤢", "ff"), ("السلام عليكم", "ar")]
)
def test_a_script_says_its_language(text, code):
    assert hear(text) == Heard(code, "sure", None, hear("ok").version)


def test_a_language_that_is_not_served_is_unknown():
    assert detect("Alle mensen worden vrij en gelijk in waardigheid en rechten geboren") == "und"


def test_two_languages_in_one_message_are_both_heard():
    heard = hear("on n'a rien recu ce mois dumuni ni ji ni fura tɛ dugutigi fɛ")
    assert {heard.language, heard.second} == {"fr", "bm"}


def test_one_language_is_not_heard_as_two():
    assert hear("le chef du village a dit que le camion vient lundi matin").second is None


@given(st.text(max_size=120))
def test_any_text_gets_a_code_and_the_same_one_again(text):
    assert detect(text) in CODES
    assert hear(text) == hear(text)


def test_ten_processes_give_the_same_answers():
    ask = "import sys; from workers.language import hear; print([*map(hear, sys.argv[1:])])"
    texts = [text for _, text in SMALL]
    answers = {
        subprocess.run(
            [sys.executable, "-c", ask, *texts], cwd=ROOT, capture_output=True, check=True
        ).stdout
        for _ in range(10)
    }
    assert len(answers) == 1


def test_the_profiles_are_small():
    assert sum(len(path.read_bytes()) for path in PROFILES.iterdir()) <= MODEL_BYTES


@present
@pytest.mark.parametrize(("fold", "macro"), [(str, 0.975), (to_ascii, 0.97)])
def test_the_open_lines_are_heard_as_well_as_promised(ear, fold, macro):
    score = Score(ear, development(), fold)
    assert score.macro >= macro
    assert score.of("other") >= 0.88
    assert score.worst_of_few_words >= 0.94


@present
def test_lines_held_out_of_the_training_are_heard_as_well_as_promised(tmp_path):
    kept, asked = next(folds(training(), 5))
    write(kept, tmp_path / "train")
    build(read_texts(tmp_path / "train"), tmp_path / "profiles")
    held_out = Ear(tmp_path / "profiles")
    written, folded = Score(held_out, asked), Score(held_out, asked, to_ascii)
    assert written.macro >= 0.975
    assert folded.macro >= 0.97
    assert min(written.of("other"), folded.of("other")) >= 0.88
    assert min(written.worst_of_few_words, folded.worst_of_few_words) >= 0.94


@present
def test_both_halves_of_mixed_messages_are_heard_and_few_others_seem_mixed(ear):
    lines = {}
    for code, text in development():
        lines.setdefault(code, []).append(text)
    mixed = half_and_half(lines, 100)
    heard = [(code, ear.hear(text)) for code, text in mixed]
    both = [one for code, one in heard if {one.language, one.second} == {"fr", code}]
    alarms = [text for _, text in development() if ear.hear(text).second is not None]
    assert len(both) >= 80
    assert len(alarms) <= 0.05 * len(development())


@present
def test_the_same_text_makes_the_same_profiles_to_the_byte(tmp_path):
    build(read_texts(FOLDER / "train"), tmp_path)
    assert contents(tmp_path) == contents(PROFILES)


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def write(lines, folder):
    folder.mkdir()
    for code, some in lines.items():
        (folder / f"{code}.txt").write_text("\n".join(some), encoding="utf-8")
