"""A thief with the source, the disk, the database, WAL, Valkey, logs, pages and backups: nothing.

A small crowd here, the whole one by `make thief`. What is taken is searched as thoroughly.
"""

import base64
import hashlib
import hmac
import secrets
import zlib

import pytest

from models.seal import Transit
from tests.thief import brute, loot
from tests.thief.heist import NUMBERS, Heist, Watched, canaries, opened_with, points

CALLERS = 16
NUMBER = "+22370004321"
NEAR = range(70_004_300, 70_004_340)
KEY = secrets.token_bytes(32)


@pytest.fixture(scope="module")
def heist(tmp_path_factory):
    world = Watched(tmp_path_factory.mktemp("thief") / "home").prepare()
    try:
        world.start()
        yield Heist(world, canaries(CALLERS))
    finally:
        world.close()


def test_a_thief_finds_no_number_and_no_old_words(heist, tmp_path):
    heist.everybody_speaks()
    heist.staff_works(tmp_path)
    assert len(heist.all_goes_wrong()) >= 14
    heist.back_up(tmp_path)
    taken = heist.carry_off(tmp_path)
    assert heist.traced(taken) == {}
    keys = brute.keys_in(taken.items())
    numbers, words = heist.named(heist.opened(keys))
    assert words  # with the keys of the last days words in motion can be read, so we did look
    assert numbers == set()
    heads = brute.digests_in(taken.values(), (blob for _, blob in loot.sealed(heist.world)))
    near = [int(number[4:]) for number in heist.numbers]
    assert brute.search(heads, brute.ways(keys), near).numbers == {}
    heist.grow_old()
    assert heist.named(heist.opened(brute.keys_in(loot.files(heist.world.home)))) == (set(), set())


def test_the_keepers_own_keys_would_find_them_all(heist):
    """What the thief does not have is what protects them: the same search, with the pepper."""
    keepers = heist.world.home / "keys" / "keeper"
    own = brute.keys_in((path.name, path.read_bytes()) for path in keepers.glob("pepper*.key"))
    heads = brute.digests_in([(heist.world.home / "jaabi.db").read_bytes()])
    near = [int(number[4:]) for number in heist.numbers]
    found = brute.search(heads, brute.ways(own), near).numbers
    assert len(found) >= len(heist.staff)


def test_every_place_that_can_fail_is_known_and_every_canary_is_a_test_number():
    assert len(points()) >= 14
    assert all(int(number[4:]) in NUMBERS for number, _ in canaries(1000))


def made(way):
    """Return what a careless programmer might have written down of a number, in some way."""
    plain, national = NUMBER.encode(), NUMBER[4:].encode()
    return {
        "sha256": hashlib.sha256(plain).digest(),
        "md5 of eight digits": hashlib.md5(national).digest(),
        "sha1 with 00": hashlib.sha1(b"00" + plain[1:]).digest(),
        "salted": hashlib.sha256(KEY + plain).digest(),
        "hmac": hmac.digest(KEY, plain, "sha256"),
        "hmac md5": hmac.digest(KEY, national, "md5"),
        "blake2b": hashlib.blake2b(plain, digest_size=16, key=KEY).digest(),
        "likeness": hashlib.blake2b(
            plain, digest_size=16, key=KEY, person=b"jaabi likeness"
        ).digest(),
    }[way]


WAYS = ["sha256", "md5 of eight digits", "sha1 with 00", "salted", "hmac", "hmac md5"]


@pytest.mark.parametrize("way", [*WAYS, "blake2b", "likeness"])
@pytest.mark.parametrize("written", ["hex", "base64", "blob", "shortened"])
def test_the_search_finds_what_a_careless_hand_left(way, written):
    digest = made(way)
    text = {
        "hex": b'{"who": "' + digest.hex().upper().encode() + b'"}',
        "base64": b"\0" + base64.urlsafe_b64encode(digest) + b"\0",
        "shortened": b"contact=" + digest.hex()[:20].encode() + b" ",
    }.get(written, b"")
    heads = brute.digests_in([text], [digest] if written == "blob" else [])
    keys = brute.keys_in([("a.key", KEY.hex().encode() + b"\n")])
    assert set(brute.search(heads, brute.ways(keys), NEAR).numbers) == {NUMBER}


def test_a_search_that_ends_early_says_what_it_left():
    result = brute.search({b"12345678"}, brute.ways({}), NEAR, seconds=0)
    assert (result.numbers, result.tried) == ({}, [])
    assert len(result.left) == len(brute.ways({})) * len(brute.FORMS)


def test_words_under_a_transit_key_are_read_by_who_has_it(tmp_path):
    (tmp_path / "transit").mkdir()
    (tmp_path / "transit" / "2026-11-23.key").write_text(KEY.hex())
    wrapped = Transit.load(tmp_path, lambda: 1_795_435_200.0).wrap("on nous vole")
    assert opened_with({"a": KEY}, wrapped) == ["on nous vole"]
    assert opened_with({"a": secrets.token_bytes(32)}, wrapped) == []


def test_what_is_packed_is_unpacked():
    pdf = b"%PDF-1.7\nstream\n" + zlib.compress(NUMBER.encode()) + b"\nendstream"
    assert NUMBER.encode() in b"".join(loot.unpacked(pdf))
