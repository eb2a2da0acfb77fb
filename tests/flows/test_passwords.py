"""What everybody thinks of is refused; what nobody thinks of may be as plain as it likes."""

import pytest

from flows.passwords import is_common, refused

COMMON = (
    "password1234",
    "P@ssw0rd2026!",
    "motdepasse2026",
    "aaaaaaaaaaaaaaaa",
    "abababababab",
    "azertyuiop123",
    "qwertyuiop[]12",
    "123456789012",
    "1qaz2wsx3edc",
    "JaabiMali2026",
    "bienvenue-2026",
    "letmeinletmein",
    "0987654321987",
    "leavemealone",  # of the list alone: no piece of it is common
    "Sonyericsson",
    "12qw34er56ty",
)
GOOD = (
    "quatre vaches au puits",
    "kalo-fila-sogoma-da",
    "Xk3vTq8LmZr2",
    "il pleut sur la digue de tessit",
    "une pirogue rouge",
)


@pytest.mark.parametrize("password", COMMON)
def test_what_is_tried_first_is_refused(password):
    assert is_common(password)
    assert refused(password) == "this password is among those tried first"


@pytest.mark.parametrize("password", GOOD)
def test_plain_words_that_nobody_expects_are_good(password):
    assert refused(password) is None


def test_its_owners_name_is_no_password():
    assert refused("moussa.keita2026") is None
    assert refused("moussa.keita2026", ("moussa", "keita")) is not None


@pytest.mark.parametrize(
    ("length", "why"), [(11, "12 characters"), (12, None), (256, None), (257, "256 characters")]
)
def test_length_is_the_only_other_rule(length, why):
    said = refused(("quatre vaches au puits de la digue " * 8)[:length])
    assert (said is None) if why is None else (why in said)


def test_a_password_is_taken_as_it_is_typed():
    spaced = "  quatre vaches  "
    assert refused(spaced) is None
    assert refused(spaced.strip()) is None
    assert refused(" " * 12) is not None
    assert refused("x" * 11 + " ") is not None


def test_words_of_the_service_are_no_password():
    assert refused("jaabi-tessit-2026", ("tessit",)) is not None
    assert refused("ngo-a-tessit-26", ("ngo-a", "tessit")) is not None
    assert refused("Jaabi2026Jaabi2026") is not None


# Of the lists that are tried everywhere, those of twelve characters and more.
LONG_AND_COMMON = (
    "123456789101112",
    "1234567890123",
    "qwertyuiop123456",
    "1q2w3e4r5t6y7u8i",
    "iloveyou1234",
    "password12345",
    "passwordpassword",
    "qwerty123456",
    "aaaaaaaaaaaa",
    "111111111111",
    "abcdefghijkl",
    "welcome12345",
    "administrator",
    "changeme12345",
    "letmein123456",
    "sunshine1234",
    "footballfootball",
    "trustno1trustno1",
    "qazwsxedcrfv",
    "zaq12wsxcde3",
)


@pytest.mark.parametrize("password", LONG_AND_COMMON)
def test_the_long_ones_among_the_commonest_are_refused(password):
    assert refused(password) is not None


def test_long_ones_are_welcome():
    long = "une pirogue rouge descend le fleuve avant la pluie, sans bruit, et personne ne la voit"
    assert len(long) > 64
    assert refused(long) is None
