"""Which evidence wins where several speak of one text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.language import NOTHING, Heard, Known, Spoken, script_of, unheard, weigh

HEARS_BAMBARA = Heard("bm", "sure", None, "v1")
LONG = "an ma foyi soro kalo in na"


def ear(heard):
    return lambda _text: heard


@pytest.mark.parametrize(
    ("text", "known", "heard", "expected"),
    [
        # A choice in the menu stands above all; what is surely heard beside it is told.
        (LONG, Known(chosen="fr"), HEARS_BAMBARA, Spoken("fr", "chosen", "menu", "bm", "v1")),
        (LONG, Known(chosen="bm"), HEARS_BAMBARA, Spoken("bm", "chosen", "menu", None, "v1")),
        (LONG, Known(chosen="fr"), Heard("bm", "guess"), Spoken("fr", "chosen", "menu")),
        ("bambara", Known(chosen="fr"), NOTHING, Spoken("fr", "chosen", "menu")),
        # The name of a language, before its script and the detector.
        ("bambara", Known(last="fr"), NOTHING, Spoken("bm", "sure", "word")),
        ("je parle PEUL", Known(), Heard("fr", "sure"), Spoken("ff", "sure", "word")),
        ("Français", Known(last="bm"), NOTHING, Spoken("fr", "sure", "word")),
        # In a long text a name only names.
        (
            "le maitre de bambara ne vient pas",
            Known(),
            Heard("fr", "sure"),
            Spoken("fr", "sure", "detector"),
        ),
        ("bambara ou peul", Known(), Heard("fr", "guess"), Spoken("fr", "guess", "detector")),
        # A script, before what was heard last.
        ("السلام عليكم", Known(last="fr"), NOTHING, Spoken("ar", "sure", "script")),
        ("ⵜⴰⵎⴰⵌⴻⵇ", Known(last="fr"), NOTHING, Spoken("taq", "sure", "script")),
        ("ߌ ߣߌ ߗߋ߫", Known(), NOTHING, Spoken("bm", "sure", "script")),
        ("𞤔𞤢𞥄𞤪𞤢𞥄𞤥𞤢", Known(), NOTHING, Spoken("ff", "sure", "script")),
        # One or two words: a listed word, else the last language; never the detector.
        ("Ɔwɔ", Known(last="ff"), Heard("en", "sure"), Spoken("bm", "guess", "listed")),
        ("dogotoroso!", Known(), NOTHING, Spoken("bm", "guess", "listed")),
        ("go'o", Known(last="fr"), NOTHING, Spoken("ff", "guess", "listed")),
        ("kala", Known(last="fr"), NOTHING, Spoken("ses", "guess", "listed")),
        ("vivres", Known(last="bm"), NOTHING, Spoken("fr", "guess", "listed")),
        ("ok", Known(last="ses"), HEARS_BAMBARA, Spoken("ses", "guess", "last")),
        ("ok", Known(), HEARS_BAMBARA, Spoken(None, "unknown", "none")),
        # "bi" is today in Bambara and yesterday in Songhay: the last language tells which.
        ("bi", Known(last="ses"), NOTHING, Spoken("ses", "guess", "last")),
        ("bi", Known(last="bm"), NOTHING, Spoken("bm", "guess", "last")),
        ("bi", Known(last="fr"), NOTHING, Spoken(None, "unknown", "none")),
        # Three words and more: the detector, whatever was heard last.
        (LONG, Known(last="fr"), HEARS_BAMBARA, Spoken("bm", "sure", "detector", None, "v1")),
        (
            "on na rien eu dumuni te",
            Known(),
            Heard("fr", "guess", "bm"),
            Spoken("fr", "guess", "detector", "bm"),
        ),
        (LONG, Known(last="fr"), NOTHING, Spoken(None, "unknown", "none")),
        ("", Known(last="fr"), NOTHING, Spoken(None, "unknown", "none")),
        ("🙂", Known(last="fr"), NOTHING, Spoken(None, "unknown", "none")),
    ],
)
def test_the_strongest_evidence_wins(text, known, heard, expected):
    assert weigh(text, known, ear(heard)) == expected


@pytest.mark.parametrize("text", ["", "Tessit 6143", "ɔwɔ", "bonjour السلام mes amis de Gao"])
def test_no_script_speaks_in_latin_letters(text):
    assert script_of(text) is None


@given(
    st.text(max_size=80),
    st.sampled_from([None, "fr", "bm"]),
    st.sampled_from([None, "fr", "ses"]),
)
def test_any_text_is_weighed_the_same_each_time(text, chosen, last):
    known = Known(chosen, last)
    spoken = weigh(text, known, unheard)
    assert spoken == weigh(text, known, unheard)
    assert (spoken.language is None) == (spoken.band == "unknown")
    assert chosen is None or spoken.language == chosen
