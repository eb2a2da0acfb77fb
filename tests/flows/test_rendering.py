"""Screens, answers and SMS as the network can carry them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import gsm7
from flows.rendering import answer_pages, fits, narrowed, render_screen, render_sms

anything = st.text(max_size=900)
prose = st.lists(
    st.one_of(st.text("abcdeéçœ€ɛ", min_size=1, max_size=12), st.sampled_from(["\n", "le", "mil"])),
    max_size=150,
).map(" ".join)
limits = st.integers(60, 182)
MENU = "Lequel?\n1 {a} ({b})\n2 {a} ({b})\n3 {a} ({b})\n4 Aucun\n0 Retour"


@given(st.one_of(anything, prose), limits)
def test_whatever_is_shown_stays_within_the_limit(text, limit):
    assert fits(render_screen(text, limit), limit)
    assert all(fits(page, limit) for page in answer_pages(text, limit))


@given(prose, limits)
def test_pages_of_an_answer_lose_no_word_and_cut_none(text, limit):
    words = gsm7.safe(text).split()
    paged = [word for page in answer_pages(text, limit) for word in page.split()]
    if all(fits(word, limit) for word in words):
        assert paged == words


@given(st.text("abcœ€", min_size=100, max_size=700))
def test_a_word_longer_than_a_page_is_cut_and_kept_whole(word):
    assert "".join(answer_pages(word)) == gsm7.safe(word)


def test_a_screen_that_fits_is_left_as_it_is():
    text = "C'est bien ici?\nTessit\n1 Oui\n2 Non, autre lieu\n0 Retour"
    assert render_screen(text, 160) is text


def test_a_menu_too_long_loses_the_ends_of_names_and_no_choice():
    screen = render_screen(MENU.format(a="Hamdallaye-Koyradji-Tawardé", b="Gourma-Rharous"), 160)
    assert [line[0] for line in screen.split("\n")] == ["L", "1", "2", "3", "4", "0"]
    assert screen.endswith("4 Aucun\n0 Retour")
    assert 150 <= (gsm7.septets(screen) or 0) <= 160


def test_spaces_alone_and_a_long_word_behind_spaces_make_no_trouble():
    assert "".join(answer_pages("   " + "a" * 200)) == "a" * 200


def test_more_lines_than_septets_still_fit():
    assert fits(render_screen("a\n" * 300, 60), 60)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("C’est reçu…", "C'est recu..."),
        ("bɛ dɔgɔtɔrɔso", "bè dògòtòròso"),
        ("reçu 🙂 ça", "recu * ca"),
        ("Naŋ, Šenni, Ɗemngal", "Nang, Shenni, Demngal"),
        ("un\x00 deux\r\ntrois", "un deux\ntrois"),
    ],
)
def test_spelling_is_made_safe_for_a_screen(text, shown):
    assert render_screen(text, 160) == shown
    assert answer_pages(text) == [shown]


def test_letters_outside_the_alphabet_stay_only_where_the_channel_carries_them():
    assert render_screen("شكرا ça", 160, wide=True) == "شكرا ca"
    assert render_screen("شكرا ça", 160) == "* ca"
    assert answer_pages("شكرا ça") == ["شكرا ca"]


@given(anything)
def test_nothing_outside_the_alphabet_leaves_by_a_channel_that_does_not_carry_it(text):
    assert gsm7.septets(narrowed(text)) is not None
    assert gsm7.septets(render_screen(text, 160)) is not None


def test_arabic_pages_are_counted_in_sixteen_bits():
    pages = answer_pages("شكرا " * 60)
    assert all(len(page) <= 61 for page in pages)
    assert sum(page.count("شكرا") for page in pages) == 60


def test_nothing_is_one_empty_page():
    assert answer_pages("") == [""]


def test_an_sms_is_respelt_only_when_that_saves_it():
    assert render_sms("C’est reçu\r\n") == "C'est recu\n"
    assert render_sms("ça 🙂") == "ça 🙂"
