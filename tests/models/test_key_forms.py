"""The forms that what is stored rests on, computed here a second time, and the edges of days."""

import hmac
from datetime import UTC, date, datetime, timedelta, timezone
from hashlib import blake2b, sha256

import pytest
from nacl.public import PrivateKey, SealedBox
from nacl.secret import SecretBox

from models.errors import KeysLocked, SealBroken, TransitLost
from models.seal import LOOK_S, Sealer, Transit, key_id, read_days, read_key
from models.strongbox import Strongbox
from models.vault import Vault, create_keys, make_arrivals, make_pair, renew_transit

NUMBER, RECEIPT = "+22370000001", "482173061549"
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class Clock:
    """A clock that a test moves."""

    def __init__(self, at=NOON):
        self.at = at

    def __call__(self):
        return self.at.timestamp()

    def later(self, **passed):
        self.at += timedelta(**passed)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def keys(tmp_path, clock):
    create_keys(tmp_path / "keys", clock)
    return tmp_path / "keys"


@pytest.fixture
def vault(keys):
    return Vault.load(keys)


def pepper(keys):
    return bytes.fromhex((keys / "keeper" / "pepper.key").read_text())


def digest(keys, words):
    return hmac.new(pepper(keys), words.encode(), sha256).hexdigest()


def days(folder, ending="key"):
    return sorted(path.stem for path in folder.glob(f"*.{ending}"))


def test_names_and_codes_are_what_older_rows_hold(keys, vault):
    contact = vault.pseudonym(NUMBER)
    assert contact == digest(keys, NUMBER)
    short, long = vault.digests(contact, RECEIPT)
    assert short == digest(keys, f"short:{contact}:482173")
    assert long == digest(keys, f"long:{RECEIPT}")


def test_a_choice_is_always_the_same_and_all_are_equally_often(keys, vault, tmp_path):
    names = [f"ML0701:{number}" for number in range(2000)]
    chosen = [vault.choice(name, 5) for name in names]
    assert chosen == [vault.choice(name, 5) for name in names]
    assert chosen == [int(digest(keys, f"choice:{name}")[8:], 16) % 5 for name in names]
    assert all(330 < chosen.count(value) < 470 for value in range(5))
    assert chosen[0] != vault.pseudonym(names[0])
    create_keys(tmp_path / "other")
    assert chosen != [Vault.load(tmp_path / "other").choice(name, 5) for name in names]


def test_the_name_of_a_key_is_four_bytes_that_tell_nothing(keys):
    key = bytes(range(32))
    assert key_id(key) == blake2b(key, digest_size=4, person=b"jaabi key id").digest()
    sealed = Sealer.load(keys).number(NUMBER)
    assert sealed[:4] == key_id(read_key(keys / "addresses.pub"))


def test_likeness_of_words_lives_as_long_as_the_key_of_their_day(keys, clock):
    transit = Transit.load(keys, clock)
    key = read_key(keys / "transit" / "2026-11-23.key")
    like = transit.digest("bonjour", date(2026, 11, 23))
    assert (
        like == blake2b(b"bonjour", digest_size=16, key=key, person=b"jaabi likeness").hexdigest()
    )
    assert transit.digest("bonjour", date(2026, 11, 24)) not in {None, like}
    assert transit.digest("bonjour", date(2026, 11, 22)) is None
    assert transit.digest("bonsoir", date(2026, 11, 23)) != like


@pytest.mark.parametrize(
    ("sealed", "fact"),
    [
        (lambda keys: Sealer.load(keys).receipt(RECEIPT), "another kind"),
        (lambda keys: b"none" + Sealer.load(keys).number(NUMBER)[4:], "address"),
        (lambda keys: Sealer.load(keys).number(NUMBER)[:-1], "address"),
    ],
)
def test_what_is_no_number_is_refused_with_a_fact_and_nothing_else(keys, vault, sealed, fact):
    with pytest.raises(SealBroken) as refusal:
        vault.number(sealed(keys))
    assert str(refusal.value) == fact
    assert refusal.value.__suppress_context__ or fact == "another kind"


def test_words_are_refused_with_a_fact_and_nothing_else(keys, vault, clock):
    sealed, name, wrapped = Sealer.load(keys, clock).story("on m'a dit")
    assert vault.story(sealed, name, wrapped) == "on m'a dit"
    for broken in (
        (sealed[:-1], name, wrapped),
        (sealed, "00000000", wrapped),
        (sealed, "no hex", wrapped),
        (sealed, name, wrapped[:-1]),
    ):
        with pytest.raises(SealBroken) as refusal:
            vault.story(*broken)
        assert str(refusal.value) == "story"
        assert refusal.value.__suppress_context__
    sound, name, wrapped = Sealer.load(keys, clock).sound(b"\xff\xfe")
    assert vault.sound(sound, name, wrapped) == b"\xff\xfe"
    with pytest.raises(SealBroken, match=r"^story$"):
        vault.story(sound, name, wrapped)  # no words


def test_what_is_rewrapped_or_resealed_is_under_the_newest_key_and_says_the_same(
    keys, vault, clock
):
    sealed, name, wrapped = Sealer.load(keys, clock).story("on m'a dit")
    new_name, new_wrapped = vault.rewrapped(name, wrapped)
    assert (
        new_name == vault.current("stories").hex() == key_id(read_key(keys / "stories.pub")).hex()
    )
    assert name != new_name
    assert vault.story(sealed, new_name, new_wrapped) == "on m'a dit"
    again = vault.resealed(Sealer.load(keys).number(NUMBER))
    assert again[:4] == vault.current("addresses") == key_id(read_key(keys / "addresses.pub"))
    assert vault.number(again) == NUMBER
    assert vault.receipt(vault.resealed(Sealer.load(keys).receipt(RECEIPT))) == RECEIPT
    assert vault.older("addresses") == set()
    assert len(vault.older("stories")) == 2  # the pairs of arrivals


def test_keys_are_made_for_today_and_tomorrow_of_the_clock_that_is_given(keys):
    both = ["2026-11-23", "2026-11-24"]
    assert days(keys / "transit") == both
    assert days(keys / "arrivals", "pub") == days(keys / "words") == both
    assert make_arrivals(keys, NOON) is False
    assert make_arrivals(keys, NOON + timedelta(days=1)) is True
    assert days(keys / "words")[-1] == "2026-11-25"


def test_the_day_is_that_of_greenwich(tmp_path):
    after_midnight = datetime(2026, 11, 24, 0, 30, tzinfo=timezone(timedelta(hours=2)))
    renew_transit(tmp_path, after_midnight)
    assert days(tmp_path / "transit") == ["2026-11-23", "2026-11-24"]


def test_a_days_keys_are_destroyed_seven_days_after_the_next_took_over(keys, vault):
    for day in range(1, 8):
        at = NOON + timedelta(days=day)
        renew_transit(keys, at)
        vault.begin_day(at)
        vault.end_days(at)
    assert days(keys / "transit")[0] == days(keys / "words")[0] == "2026-11-23"
    last = NOON + timedelta(days=8)
    renew_transit(keys, last)
    vault.end_days(last)
    assert days(keys / "transit")[0] == days(keys / "words")[0] == "2026-11-24"
    assert days(keys / "arrivals", "pub")[0] == "2026-11-24"


def test_a_vault_follows_pairs_that_were_made_after_it(keys, vault, clock):
    clock.later(days=2)
    create_keys(keys, clock)
    sealed, name, wrapped = Sealer.load(keys, clock).story("demain")
    assert name == key_id(read_key(keys / "arrivals" / "2026-11-25.pub")).hex()
    assert vault.story(sealed, name, wrapped) == "demain"


def test_words_are_sealed_for_the_pair_of_the_day_or_the_oldest_where_a_clock_was_put_back(keys):
    def of(at):
        return Sealer.load(keys, Clock(at)).story("x")[1]

    def name(day):
        return key_id(read_key(keys / "arrivals" / f"{day}.pub")).hex()

    assert of(NOON) == name("2026-11-23")
    assert of(NOON + timedelta(days=1)) == name("2026-11-24")
    assert of(NOON + timedelta(days=9)) == name("2026-11-24")
    assert of(NOON - timedelta(days=9)) == name("2026-11-23")


def test_without_a_pair_for_arrivals_words_are_not_sealed_until_there_is_one(keys, clock):
    saved = {path: path.read_bytes() for path in (keys / "arrivals").iterdir()}
    for path in saved:
        path.unlink()
    sealer = Sealer.load(keys, clock)
    with pytest.raises(TransitLost, match=r"^no key for arrivals$"):
        sealer.story("x")
    for path, content in saved.items():
        path.write_bytes(content)
    assert sealer.story("x")[1]


def test_words_in_motion_say_why_they_are_lost(keys, clock, tmp_path):
    transit = Transit.load(keys, clock)
    wrapped = transit.wrap("bonjour")
    assert wrapped[:4] == key_id(read_key(keys / "transit" / "2026-11-23.key"))
    for broken, why in ((wrapped[:-1], "changed on its way"), (b"none" + wrapped[4:], "destroyed")):
        with pytest.raises(TransitLost, match=f"{why}$") as loss:
            transit.unwrap(broken)
        assert loss.value.__context__ is None or loss.value.__suppress_context__
    (tmp_path / "none" / "transit").mkdir(parents=True)
    with pytest.raises(TransitLost, match=r"^no transit key$"):
        Transit.load(tmp_path / "none", clock).wrap("x")


def test_a_key_file_holds_32_bytes_in_hex_or_is_none(tmp_path):
    path = tmp_path / "one.key"
    path.write_text("00" * 32 + "\n")
    assert read_key(path) == bytes(32)
    for broken in ("00" * 31, "00" * 33, "zz" * 32, ""):
        path.write_text(broken)
        with pytest.raises(ValueError, match=r"^one\.key holds no key$|fromhex"):
            read_key(path)
    assert read_days(tmp_path, "key") == {}  # one.key is no day


def test_a_story_has_a_key_of_its_own_that_only_the_pair_opens(keys, clock):
    sealed, name, wrapped = Sealer.load(keys, clock).story("on m'a dit")
    pair = PrivateKey(read_key(keys / "words" / "2026-11-23.key"))
    assert key_id(bytes(pair.public_key)).hex() == name
    key = SealedBox(pair).decrypt(wrapped)
    assert len(key) == SecretBox.KEY_SIZE
    assert SecretBox(key).decrypt(sealed).decode() == "on m'a dit"


def put(path, key):
    path.write_text(key.hex() + "\n")


def test_whoever_seals_looks_once_a_minute_and_goes_on_with_what_it_has(keys, clock):
    sealer = Sealer.load(keys, clock)
    old = sealer.number(NUMBER)[:4]
    first, second = (bytes(PrivateKey.generate().public_key) for _ in range(2))
    put(keys / "addresses.pub", first)
    clock.later(seconds=LOOK_S - 0.5)
    assert sealer.number(NUMBER)[:4] == old
    clock.later(seconds=0.5)
    assert sealer.number(NUMBER)[:4] == key_id(first)
    put(keys / "addresses.pub", second)
    assert sealer.number(NUMBER)[:4] == key_id(first)
    clock.later(seconds=-1)  # put back: nobody knows how long ago it looked
    assert sealer.number(NUMBER)[:4] == key_id(second)
    (keys / "addresses.pub").write_text("half a k")
    clock.later(seconds=LOOK_S)
    assert sealer.number(NUMBER)[:4] == key_id(second)
    (keys / "addresses.pub").unlink()
    clock.later(seconds=LOOK_S)
    assert sealer.number(NUMBER)[:4] == key_id(second)


def test_a_vault_follows_a_rotation_though_no_day_began(keys, vault):
    public = make_pair(Strongbox(keys / "keeper"), "addresses")
    put(keys / "addresses.pub", public)
    assert vault.current("addresses") != key_id(public)
    vault.begin_day(NOON)
    assert vault.current("addresses") == key_id(public)
    assert len(vault.older("addresses")) == 1


def test_a_vault_reads_again_when_days_begin_and_only_then(keys, vault):
    before = vault.older("stories")
    vault.begin_day(NOON)
    assert vault.older("stories") == before
    vault.begin_day(NOON + timedelta(days=1))
    assert len(vault.older("stories")) == len(before) + 1


def test_with_a_passphrase_the_keys_of_new_days_are_locked_too(tmp_path, clock):
    lock = SecretBox(bytes(range(32)))
    create_keys(tmp_path, clock, lock)
    vault = Vault.load(tmp_path, lock)
    vault.begin_day(NOON + timedelta(days=1))
    sizes = {path.stat().st_size for path in (tmp_path / "words").glob("*.key")}
    assert len(sizes) == 1
    assert sizes != {65}  # 64 hex digits in clear
    with pytest.raises(KeysLocked):
        Vault.load(tmp_path)
