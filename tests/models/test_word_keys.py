"""The store of the keys of words: the keeper's alone, and what is erased there is nowhere."""

import stat
import threading

import pytest

from models.word_keys import AT_ONCE, FILE, WordKey, WordKeys

ONE = WordKey("1:2026-11-23T07:00:00+00:00", "0a0b0c0d", b"first secret " * 6)
OTHER = WordKey("2:2026-11-23T07:00:00+00:00", "0a0b0c0d", b"wrapped two" * 6)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "keys" / "words"


@pytest.fixture
def words(folder):
    store = WordKeys(folder)
    yield store
    store.close()


def test_what_is_kept_is_found_by_name_in_another_process_too(words, folder):
    words.put([ONE, OTHER])
    other = WordKeys(folder)
    assert other.find([ONE.name, "3:nothing"]) == {ONE.name: ONE}
    assert other.find([]) == {}
    other.close()


def test_keeping_and_erasing_twice_is_doing_it_once(words):
    words.put([ONE])
    words.put([ONE, OTHER])
    words.destroy([ONE.name])
    words.destroy([ONE.name, "3:nothing"])
    assert list(words.all()) == [OTHER]


def test_of_an_erased_key_no_byte_is_left_in_any_file(words, folder):
    words.put([ONE, OTHER])
    assert ONE.wrapped in (folder / FILE).read_bytes()
    words.destroy([ONE.name])
    assert [path.name for path in folder.iterdir()] == [FILE]
    inside = (folder / FILE).read_bytes()
    assert ONE.wrapped[:8] not in inside
    assert OTHER.wrapped in inside


def test_it_is_the_keepers_alone(words, folder):
    words.put([ONE])
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600


def test_all_are_told_in_order_while_others_are_erased(words):
    many = [WordKey(f"{row:06}:then", "0a0b0c0d", b"wrapped") for row in range(AT_ONCE + 20)]
    words.put(many)
    found = words.all()
    first = next(found)
    words.destroy([first.name, many[-1].name])
    assert [first, *found] == many[:-1]


def test_a_key_that_was_erased_while_it_was_rewrapped_stays_erased(words):
    words.put([ONE, OTHER])
    words.destroy([ONE.name])
    words.change([(one, ("ffffffff", b"again")) for one in (ONE, OTHER)])
    assert list(words.all()) == [WordKey(OTHER.name, "ffffffff", b"again")]


def test_threads_take_turns(words):
    def keep(part):
        for row in range(20):
            words.put([WordKey(f"{part}-{row}:then", "0a0b0c0d", b"wrapped")])

    threads = [threading.Thread(target=keep, args=(part,)) for part in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(list(words.all())) == 80


def test_a_disk_that_does_not_do_its_part_is_said(folder):
    folder.parent.mkdir()
    folder.write_text("in the way")
    with pytest.raises(OSError):  # noqa: PT011 whichever
        WordKeys(folder).put([ONE])
    folder.unlink()
    folder.mkdir()
    (folder / FILE).write_text("no database at all, but long enough to be looked at" * 20)
    with pytest.raises(OSError, match=FILE):
        WordKeys(folder).put([ONE])
