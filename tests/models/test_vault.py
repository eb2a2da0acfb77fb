"""The vault: names that follow nobody elsewhere, and files only the keeper may read."""

import hashlib
import stat

import pytest

from models.errors import SealBroken
from models.seal import Sealer
from models.vault import Vault, create_keys, renew_transit

NUMBER = "+22370000001"
RECEIPT = "482173061549"


@pytest.fixture
def keys(tmp_path):
    create_keys(tmp_path / "keys")
    return tmp_path / "keys"


@pytest.fixture
def vault(keys):
    return Vault.load(keys)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_number_has_one_pseudonym_in_a_programme_and_another_in_the_next(vault, tmp_path):
    create_keys(tmp_path / "other")
    here, there = vault.pseudonym(NUMBER), Vault.load(tmp_path / "other").pseudonym(NUMBER)
    assert here == vault.pseudonym(NUMBER)
    assert here != there
    assert len(here) == 64
    assert here != hashlib.sha256(NUMBER.encode()).hexdigest()


def test_the_long_code_holds_the_short_one_for_whoever_has_the_phone(vault):
    contact = vault.pseudonym(NUMBER)
    short, long = vault.digests(contact, RECEIPT)
    assert vault.digests(contact, RECEIPT[:6]) == (short, None)
    assert vault.digests(None, RECEIPT) == (None, long)
    assert vault.digests(vault.pseudonym("+22370000002"), RECEIPT[:6])[0] != short
    assert len({short, long, contact}) == 3


def test_what_is_no_receipt_has_no_digest(vault):
    assert vault.digests(vault.pseudonym(NUMBER), "15736") == (None, None)
    assert vault.digests(None, RECEIPT[:6]) == (None, None)


def test_a_receipt_put_where_a_number_belongs_does_not_pass_for_one(keys, vault):
    sealer = Sealer.load(keys)
    with pytest.raises(SealBroken):
        vault.number(sealer.receipt(RECEIPT))
    with pytest.raises(SealBroken):
        vault.receipt(sealer.number(NUMBER))
    assert vault.receipt(sealer.receipt(RECEIPT)) == RECEIPT


def test_what_another_programme_sealed_stays_shut(keys, vault, tmp_path):
    create_keys(tmp_path / "other")
    stranger = Sealer.load(tmp_path / "other")
    with pytest.raises(SealBroken):
        vault.number(stranger.number(NUMBER))
    with pytest.raises(SealBroken):
        vault.story(*stranger.story("mots"))
    sealed = bytearray(Sealer.load(keys).number(NUMBER))
    sealed[-1] ^= 1
    with pytest.raises(SealBroken):
        vault.number(bytes(sealed))


def test_an_error_tells_neither_number_nor_words(keys, vault):
    with pytest.raises(SealBroken) as caught:
        vault.story(*Sealer.load(keys).story("mots")[:2], b"x" * 80)
    assert "mots" not in repr(caught.value)
    assert caught.value.__cause__ is None


def test_private_files_are_the_keepers_alone(keys):
    assert mode(keys / "keeper") == 0o700
    assert {mode(path) for path in (keys / "keeper").iterdir()} == {0o600}
    assert {mode(path) for path in (keys / "transit").iterdir()} == {0o640}
    assert len(list((keys / "keeper").iterdir())) == 3


def test_making_keys_twice_keeps_every_one_of_them(keys):
    before = {path: path.read_text() for path in keys.rglob("*.*")}
    create_keys(keys)
    assert {path: path.read_text() for path in keys.rglob("*.*")} == before


def test_making_keys_again_finishes_what_was_interrupted(keys, vault):
    sealed = Sealer.load(keys).number(NUMBER)
    (keys / "addresses.pub").unlink()
    (keys / "transit").rename(keys / "gone")
    create_keys(keys)
    assert Vault.load(keys).number(sealed) == NUMBER
    assert Vault.load(keys).number(Sealer.load(keys).number(NUMBER)) == NUMBER
    assert list((keys / "transit").iterdir())


def test_transit_keys_are_there_for_today_and_tomorrow(keys, now):
    for path in (keys / "transit").iterdir():
        path.unlink()
    renew_transit(keys, now)
    assert sorted(path.name for path in (keys / "transit").iterdir()) == [
        "2026-11-23.key",
        "2026-11-24.key",
    ]


def test_a_keeper_without_its_sealing_keys_does_not_start(keys):
    next((keys / "keeper").glob("stories-*.key")).unlink()
    with pytest.raises(ValueError, match="stories"):
        Vault.load(keys)
