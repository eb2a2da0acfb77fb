"""Figures are published beside what matters more, and never in its way."""

from types import SimpleNamespace

import pytest
from sqlalchemy.exc import OperationalError

from models.services import figures
from workers.keeper.press import EVERY_S, Press


class Rounds:
    """Goes twice, and remembers how long it waited."""

    def __init__(self):
        self.waited = []

    def wait(self, seconds):
        self.waited.append(seconds)

    def going(self):
        return len(self.waited) < 2


@pytest.fixture
def press(sqlite_store):
    return Press(sqlite_store, SimpleNamespace(choice=lambda name, among: 0))


def fails(monkeypatch, error):
    def compose(*_):
        raise error

    monkeypatch.setattr(figures, "compose", compose)


def test_a_fault_in_figures_is_said_and_the_keeper_goes_on(press, now, monkeypatch, caplog):
    fails(monkeypatch, ValueError("parts are more than the whole"))
    rounds = Rounds()
    press.run(rounds.wait, rounds.going, lambda: now)
    assert rounds.waited == [EVERY_S, EVERY_S]
    assert [one.getMessage() for one in caplog.records] == ["figures wait"] * 2


def test_a_database_that_is_away_is_waited_for_as_by_everybody(press, now, monkeypatch):
    fails(monkeypatch, OperationalError("", {}, Exception()))
    rounds = Rounds()
    with pytest.raises(OperationalError):
        press.run(rounds.wait, rounds.going, lambda: now)


def test_an_empty_programme_publishes_nothing(press, now):
    assert press.go(now) == 0
