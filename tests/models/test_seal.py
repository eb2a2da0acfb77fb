"""Seals: what the web side seals it cannot open, and words in motion are lost on time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import TransitLost
from models.seal import Sealer, Transit
from models.vault import Vault, create_keys, renew_transit

NUMBER = "+22370000001"
MONDAY = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class Clock:
    """A clock moved by hand."""

    def __init__(self, at):
        self.at = at

    def __call__(self):
        return self.at.timestamp()


@pytest.fixture
def clock():
    return Clock(MONDAY)


@pytest.fixture
def keys(tmp_path, clock):
    create_keys(tmp_path / "keys", clock)
    return tmp_path / "keys"


def test_equal_numbers_do_not_look_equal_and_open_to_the_same(keys):
    sealer, vault = Sealer.load(keys), Vault.load(keys)
    one, other = sealer.number(NUMBER), sealer.number(NUMBER)
    assert one != other
    assert vault.number(one) == vault.number(other) == NUMBER


def test_a_sealed_number_carries_the_id_of_its_key_and_nothing_readable(keys):
    sealed = Sealer.load(keys).number(NUMBER)
    assert sealed[:4] == Sealer.load(keys).number("+22370000002")[:4]
    assert b"70000001" not in sealed
    assert len(sealed) == 66


def test_each_story_has_a_key_of_its_own_under_the_class_key(keys):
    sealer, vault = Sealer.load(keys), Vault.load(keys)
    words, key_id, wrapped = sealer.story("rien reçu à Tessit")
    others = sealer.story("rien reçu à Tessit")
    assert words != others[0]
    assert key_id == others[1]
    assert vault.story(words, key_id, wrapped) == "rien reçu à Tessit"


def test_the_public_folder_alone_opens_nothing(keys):
    assert sorted(path.name for path in keys.glob("*.pub")) == ["addresses.pub", "stories.pub"]
    for path in (keys / "keeper").iterdir():
        path.unlink()
    assert Sealer.load(keys).number(NUMBER)
    with pytest.raises(OSError, match="pepper"):
        Vault.load(keys)


@given(text=st.text(max_size=700))
def test_whatever_the_words_they_come_out_as_they_went_in(tmp_path_factory, text):
    keys = tmp_path_factory.getbasetemp() / "any-words"
    create_keys(keys)
    transit = Transit.load(keys)
    assert transit.unwrap(transit.wrap(text)) == text


def test_words_changed_on_their_way_are_lost_and_not_half_read(keys, clock):
    transit = Transit.load(keys, clock)
    wrapped = bytearray(transit.wrap("pas assez de vivres"))
    for place in (0, 10, -1):
        changed = bytearray(wrapped)
        changed[place] ^= 1
        with pytest.raises(TransitLost):
            transit.unwrap(bytes(changed))


def test_the_key_changes_at_midnight_without_being_told(keys, clock):
    transit = Transit.load(keys, clock)
    before = transit.wrap("avant")
    clock.at += timedelta(days=1)
    after = transit.wrap("apres")
    assert before[:4] != after[:4]
    assert [transit.unwrap(before), transit.unwrap(after)] == ["avant", "apres"]


def test_a_process_meets_a_key_made_after_its_start_and_reads_it(keys, clock):
    early = Transit.load(keys, clock)
    clock.at += timedelta(days=3)
    renew_transit(keys, clock.at)
    assert early.unwrap(Transit.load(keys, clock).wrap("nouveau")) == "nouveau"


def test_words_wrapped_while_the_keeper_was_away_use_the_last_key_and_then_the_new_one(keys, clock):
    transit = Transit.load(keys, clock)
    clock.at += timedelta(days=4)
    old = transit.wrap("sans gardien")
    renew_transit(keys, clock.at)
    clock.at += timedelta(seconds=6)
    new = transit.wrap("avec gardien")
    assert old[:4] != new[:4]
    assert transit.unwrap(old) == "sans gardien"


def test_words_in_motion_cannot_be_read_after_seven_days(keys, clock):
    wrapped = Transit.load(keys, clock).wrap("secret")
    for _ in range(7):
        clock.at += timedelta(days=1)
        renew_transit(keys, clock.at)
        assert Transit.load(keys, clock).unwrap(wrapped) == "secret"
    clock.at += timedelta(days=1)
    renew_transit(keys, clock.at)
    with pytest.raises(TransitLost):
        Transit.load(keys, clock).unwrap(wrapped)


def test_without_any_key_nothing_is_wrapped(tmp_path, clock):
    with pytest.raises(TransitLost):
        Transit.load(tmp_path, clock).wrap("mots")


def test_a_broken_key_file_stops_the_start(keys, clock):
    (keys / "addresses.pub").write_text("abcd\n")
    with pytest.raises(ValueError, match="holds no key"):
        Sealer.load(keys)


def test_no_repr_shows_a_key(keys, clock):
    shown = repr(Sealer.load(keys)) + repr(Transit.load(keys, clock)) + repr(Vault.load(keys))
    for path in keys.rglob("*.*"):
        assert path.read_text().strip() not in shown
