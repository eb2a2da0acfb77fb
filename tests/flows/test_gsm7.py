"""GSM-7 against gsm0338, another hand's tables, as the oracle."""

import unicodedata

import gsm0338
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import gsm7

CODEC = gsm0338.Codec()
FRENCH = "àâäçéèêëîïôöùûüÿœæÀÂÇÉÈÊËÎÏÔÙÛŒ«»’‘“”…–—° ²•\u00a0\u202f"
MALIAN = "ɛɔɲŋɓɗƴɠšžãõăǝəɣḍḥḷṣṭẓʃʒƐƆƝŊƁƊƳ"


def oracle(text: str) -> int | None:
    if "\x1b" in text:  # the escape itself is no letter
        return None
    try:
        return len(CODEC.encode(text)[0])
    except UnicodeEncodeError:
        return None


KNOWN = "".join(chr(code) for code in range(0x2100) if oracle(chr(code)))
speech = st.text(
    st.one_of(
        st.sampled_from(KNOWN),
        st.sampled_from(FRENCH + MALIAN),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=400,
)


@given(st.one_of(speech, st.text(st.sampled_from(KNOWN))))
def test_septets_are_those_of_the_standard(text):
    assert gsm7.septets(text) == oracle(text)


def test_every_sign_of_unicode_is_counted_as_the_oracle_counts_it():
    for code in range(0x3000):
        assert gsm7.septets(chr(code)) == oracle(chr(code)), hex(code)


@pytest.mark.parametrize(
    ("text", "septets"),
    [("", 0), ("Merci", 5), ("C'est reçu", None), ("€", 2), ("[a]", 5), ("è", 1), ("🙂", None)],
)
def test_extension_signs_count_twice(text, septets):
    assert gsm7.septets(text) == septets


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("", [0]),
        ("a" * 160, [160]),
        ("a" * 161, [153, 8]),
        ("a" * 307, [153, 153, 1]),
        ("€" * 80, [80]),
        ("€" * 81, [76, 5]),  # measured with Kannel and smsutil, channels.md section 5
        ("ɛ" * 70, [70]),
        ("ɛ" * 71, [67, 4]),
        ("🙂" * 35, [35]),
        ("🙂" * 36, [33, 3]),
    ],
)
def test_parts_are_cut_where_networks_cut(text, lengths):
    assert [len(part) for part in gsm7.parts(text)] == lengths
    assert gsm7.segments(text) == len(lengths)


@given(speech)
def test_parts_lose_nothing_and_each_fits(text):
    parts = gsm7.parts(text)
    assert "".join(parts) == text
    if gsm7.septets(text) is None:
        limit = 70 if len(parts) == 1 else 67
        assert all(len(part.encode("utf-16-le")) // 2 <= limit for part in parts)
    else:
        limit = 160 if len(parts) == 1 else 153
        assert all((gsm7.septets(part) or 0) <= limit for part in parts)


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("Reçu, l’été «à côté»… n° 2", 'Recu, l\'été "à coté"... no 2'),
        ("C'est reçu", "C'est recu"),
        ("cafe\u0301", "café"),
        ("À l'hôpital", "A l'hopital"),
        ("Ɛ bɛ dɔgɔtɔrɔso la", "E bè dògòtòròso la"),
        ("ɲɛgɛn ŋa", "nyègèn nga"),
        ("ɓiɗɗo ƴama", "biddo yama"),
        ("š ž ã ǝ", "sh zh an e"),
        ("bɛ̀", "bè"),
        ("œuf 2²", "oeuf 22"),
    ],
)
def test_letters_without_a_place_are_respelt(text, spelt):
    assert gsm7.safe(text) == spelt


def test_a_text_that_cannot_be_saved_is_not_spoilt():
    assert gsm7.safe("Reçu 🙂") == "Reçu 🙂"
    assert gsm7.safe("شكرا ça") == "شكرا ça"


@given(speech)
def test_respelling_either_saves_the_text_or_leaves_it(text):
    spelt = gsm7.safe(text)
    assert gsm7.septets(spelt) is not None or spelt == unicodedata.normalize("NFC", text)
    assert gsm7.safe(spelt) == spelt
    if gsm7.septets(unicodedata.normalize("NFC", text)) is not None:
        assert spelt == unicodedata.normalize("NFC", text)


def test_every_letter_of_french_and_of_mali_can_be_sent():
    for letter in FRENCH + MALIAN:
        assert gsm7.septets(gsm7.safe(letter)) is not None, letter
