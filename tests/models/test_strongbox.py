"""Key files: whole or not there, blank before they go, and under a passphrase if there is one."""

import os
import stat

import pytest
from nacl.secret import SecretBox

from models import passphrase, strongbox
from models.errors import KeysLocked
from models.strongbox import PRIVATE, PUBLIC, Strongbox
from models.vault import Vault, create_keys

KEY, OTHER = bytes(range(32)), bytes(32)
SAID = "une phrase assez longue"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "own").mkdir(mode=0o700)
    return tmp_path / "own"


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_key_is_kept_once_and_stays_what_it_was(folder):
    own = Strongbox(folder)
    own.keep("one.key", KEY)
    own.keep("one.key", OTHER)
    assert own.read("one.key") == KEY
    assert own.names("*.key") == ["one.key"]
    assert mode(folder / "one.key") == PRIVATE


def test_what_was_killed_half_written_is_no_key_and_in_nobodys_way(folder):
    (folder / f".one.key.{os.getpid()}").write_text("0011")
    own = Strongbox(folder)
    assert own.names("*.key") == []
    own.keep("one.key", KEY)
    assert [path.name for path in folder.iterdir()] == ["one.key"]


def test_a_key_that_is_replaced_or_destroyed_is_blank_for_whoever_had_it_open(folder):
    path = folder / "one.key"
    strongbox.write(path, KEY, PUBLIC)
    with path.open("rb") as before:
        strongbox.replace(path, OTHER, PUBLIC)
        assert set(before.read()) == {0}
    assert path.read_text().strip() == OTHER.hex()
    assert mode(path) == PUBLIC
    with path.open("rb") as before:
        strongbox.destroy(path)
        assert set(before.read()) == {0}
    strongbox.destroy(path)  # gone is as good
    assert not path.exists()


def test_under_a_lock_only_its_passphrase_opens(folder):
    lock = passphrase.begin(folder, SAID)
    assert passphrase.is_locked(folder)
    assert mode(folder / passphrase.FILE) == PRIVATE
    Strongbox(folder).keep("clear.key", OTHER)
    Strongbox(folder, lock).keep("one.key", KEY)
    assert KEY.hex() not in (folder / "one.key").read_text()
    assert Strongbox(folder, passphrase.derive(folder, SAID)).read("one.key") == KEY
    assert Strongbox(folder, lock).read("clear.key") == OTHER  # locking was broken off
    with pytest.raises(KeysLocked, match="locks"):
        Strongbox(folder).read("one.key")
    with pytest.raises(KeysLocked, match="not the passphrase"):
        Strongbox(folder, passphrase.derive(folder, "une autre phrase")).read("one.key")
    passphrase.end(folder)
    assert not passphrase.is_locked(folder)


def test_two_folders_have_no_lock_in_common_though_the_words_are_the_same(tmp_path):
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    one, other = (bytes(passphrase.begin(tmp_path / name, SAID)) for name in ("one", "other"))
    assert one != other


def test_locking_that_broke_off_goes_on_and_unlocking_brings_back_what_was(folder):
    own = Strongbox(folder)
    for name in ("a.key", "b.key"):
        own.keep(name, KEY)
    lock = passphrase.begin(folder, SAID)
    locked = Strongbox(folder, lock)
    locked.change("a.key", KEY)
    assert locked.lock_all() == locked.lock_all() == 2
    assert [locked.read(name) for name in ("a.key", "b.key")] == [KEY, KEY]
    locked.unlock_all()
    locked.unlock_all()
    assert [own.read(name) for name in ("a.key", "b.key")] == [KEY, KEY]


def test_a_vault_under_a_lock_makes_its_daily_keys_under_it_too(tmp_path, now):
    keys = tmp_path / "keys"
    (keys / "keeper").mkdir(parents=True)
    lock = passphrase.begin(keys / "keeper", SAID)
    create_keys(keys, now.timestamp, lock)
    vault = Vault.load(keys, lock)
    vault.begin_day(now.replace(day=26))
    private = [*(keys / "keeper").glob("*.key"), *(keys / "words").glob("*.key")]
    assert len(private) == 7
    assert {len(path.read_text().strip()) for path in private} == {2 * 72}
    with pytest.raises(KeysLocked):
        Vault.load(keys)
    assert isinstance(lock, SecretBox)
