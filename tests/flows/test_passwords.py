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
