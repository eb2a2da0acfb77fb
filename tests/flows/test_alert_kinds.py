"""Kinds of alerts: their categories, their sizes and dates in words, and their windows."""

from datetime import UTC, datetime, timedelta

import pytest

from flows.alert_kinds import (
    KINDS,
    SIZES,
    Estimate,
    dated,
    estimated,
    happened,
    highest,
    kind_of,
    said_of,
)
from flows.sensitivity import CLASS_OF

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def test_the_names_are_those_of_the_contract():
    plain = [name for name in KINDS if not name.startswith("distribution.")]
    assert plain == [
        "flood",
        "fire",
        "displacement",
        "attack",
        "epidemic",
        "drought",
        "mine",
        "closed",
    ]
    assert [KINDS[name].category for name in plain[:7]] == [f"6{digit}" for digit in range(1, 8)]
    reasons = {name.partition(".")[2] for name in KINDS} - {""}
    assert reasons == {"late", "short", "quality", "far", "forgotten", "road"}


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_kind_has_a_category_a_window_and_few_words(kind):
    assert kind.category in CLASS_OF
    assert timedelta(days=1) <= kind.window <= timedelta(days=30)
    assert len(kind.said) <= len("beaucoup de malades")
    assert kind_of(kind.category) is kind


def test_what_a_text_can_kill_for_is_quiet():
    quiet = {name for name, kind in KINDS.items() if kind.quiet}
    assert quiet == {"attack", "mine", "distribution.road"}


def test_what_is_closed_says_what():
    assert [said_of("closed", one) for one in ("21", "31", "8")] == [
        "centre ferme",
        "ecole fermee",
        "ferme",
    ]
    assert kind_of("21").name == kind_of("31").name == "closed"


@pytest.mark.parametrize(
    ("estimate", "words"),
    [
        (Estimate(), "nombre pas connu"),
        (Estimate(households=120), "120 menages env."),
        (Estimate(persons=350), "350 personnes env."),
        (Estimate(size="many"), "50 a 200 menages"),
        (Estimate(households=120, size="many"), "120 menages env."),
        (Estimate(households=30, size="many"), "50 a 200 menages"),
        (Estimate(households=30, size="some"), "30 menages env."),
        (Estimate(households=10**9), "99999 menages env."),
    ],
)
def test_an_estimate_is_said_by_the_higher_of_what_was_told(estimate, words):
    assert estimated(estimate) == words
    assert len(words) <= len("99999 personnes env.")


def test_a_later_voice_only_raises_an_estimate():
    low, high = Estimate(40, None, "some"), Estimate(None, 350, "most")
    assert highest(low, high) == highest(high, low) == Estimate(40, 350, "most")
    assert highest(low, Estimate()) == low
    assert set(SIZES) == {"few", "some", "many", "most"}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("today", "aujourd'hui"),
        ("yesterday", "hier"),
        ("week", "cette semaine"),
        ("before", "avant"),
        ("", "date inconnue"),
    ],
)
def test_when_it_happened_is_said_as_it_was_asked(line, words):
    assert dated(happened(line, NOW), NOW) == words
    assert len(words) <= len("cette semaine")


def test_yesterday_is_a_date_and_not_twenty_four_hours():
    assert dated(NOW - timedelta(hours=2), NOW) == "hier"
