"""What was accepted while the keeper was away gets its names as soon as it is back."""

import pytest
from sqlalchemy import inspect

from models.case import Case, ItemNumber
from models.conversation import Conversation
from models.db import Job, Store
from models.inbound import InboundMessage
from models.organisation import Organisation
from models.outbound import OutboundMessage
from models.person import Person
from models.seal import Sealer
from models.services import waiting
from models.vault import Vault, create_keys

NUMBER = "+22370000001"
RECEIPT = "482173061549"


@pytest.fixture
def keys(tmp_path):
    create_keys(tmp_path / "keys")
    return tmp_path / "keys"


@pytest.fixture
def sealer(keys):
    return Sealer.load(keys)


@pytest.fixture
def vault(keys):
    return Vault.load(keys)


@pytest.fixture
def fill(store, vault):
    def run():
        with store.work(Job("keeper")) as work:
            return waiting.fill(work, vault)

    return run


@pytest.fixture
def keep(store):
    """Commit rows, one after the other, and return a way to read the last one again."""

    def write(*rows):
        for row in rows:
            with store.work(Job("test")) as work:
                work.session.add(row)
                work.session.flush()
                key = inspect(row).identity
        return lambda: look(store, type(rows[-1]), key)

    return write


def look(store, table, key):
    with store.work(Job("test")) as work:
        return work.session.get(table, key)


def a_conversation(now, **about):
    about = {"over": False, "resumable": False, "contact": None, **about}
    return Conversation(key="ussd:phone:s1", turn=1, sealed=b"x", updated_at=now, **about)


def a_case(number, now, **about):
    return Case(
        number=number,
        kind="complaint",
        category="12",
        case_class="C2",
        source="ussd",
        channel="phone",
        language="fr",
        status="routed",
        opened_at=now,
        due_at=now,
        why=[],
        **about,
    )


def test_a_dialogue_begun_without_the_keeper_gets_its_contact(keep, fill, sealer, vault, now):
    row = keep(a_conversation(now, sender_sealed=sealer.number(NUMBER)))
    assert fill() == waiting.Filled(named=1, broken=0)
    assert row().contact == vault.pseudonym(NUMBER)
    assert row().person_id is None
    assert vault.number(row().sender_sealed) == NUMBER
    assert fill() == waiting.Filled()


def test_a_registered_persons_dialogue_is_known_as_theirs(keep, fill, sealer, vault, now):
    keep(
        Organisation(id="cell", name="Cell", kind="cell"),
        Person(
            id=7,
            number="P0151",
            role="focal_point",
            organisation_id="cell",
            pseudonym=vault.pseudonym(NUMBER),
            phone_sealed=b"x",
            phone_ends="001",
        ),
    )
    row = keep(a_conversation(now, sender_sealed=sealer.number(NUMBER)))
    fill()
    assert row().person_id == 7


def test_a_message_received_without_the_keeper_is_named_and_taken_up(
    store, keep, sealer, vault, now
):
    row = keep(
        InboundMessage(
            channel="phone",
            provider_id="1",
            received_at=now,
            due_at=now,
            sender_sealed=sealer.number(NUMBER),
        )
    )
    rung = []
    awake = Store(store.url, rung.append)
    with awake.work(Job("keeper")) as work:
        waiting.fill(work, vault)
    awake.close()
    assert rung == ["inbox"]
    assert row().contact == vault.pseudonym(NUMBER)
    assert row().sender_sealed is not None


def test_a_text_to_send_is_named_so_that_a_stop_is_seen(keep, fill, sealer, vault, now):
    row = keep(
        OutboundMessage(
            cause="inbound:1",
            purpose="help",
            address=sealer.number(NUMBER),
            due_at=now,
            expires_at=now,
            created_at=now,
        )
    )
    fill()
    assert row().contact == vault.pseudonym(NUMBER)


def test_a_case_gets_its_contact_and_both_digests_and_lets_the_seals_go(
    keep, fill, sealer, vault, now
):
    row = keep(
        ItemNumber(number="15736", kind="case"),
        a_case(
            "15736",
            now,
            sender_sealed=sealer.number(NUMBER),
            receipt_sealed=sealer.receipt(RECEIPT),
        ),
    )
    fill()
    contact = vault.pseudonym(NUMBER)
    assert row().contact == contact
    assert (row().receipt_short, row().receipt_long) == vault.digests(contact, RECEIPT)
    assert (row().sender_sealed, row().receipt_sealed) == (None, None)


def test_a_nameless_case_gets_the_digest_of_its_long_code_only(keep, fill, sealer, vault, now):
    row = keep(
        ItemNumber(number="15736", kind="case"),
        a_case("15736", now, receipt_sealed=sealer.receipt(RECEIPT)),
    )
    fill()
    assert (row().receipt_short, row().receipt_long) == vault.digests(None, RECEIPT)


def test_two_equal_codes_do_not_stop_the_others(keep, fill, sealer, vault, now):
    keep(
        ItemNumber(number="15736", kind="case"),
        a_case("15736", now, receipt_sealed=sealer.receipt(RECEIPT)),
        ItemNumber(number="27410", kind="case"),
    )
    twin = keep(a_case("27410", now, receipt_sealed=sealer.receipt(RECEIPT)))
    assert fill() == waiting.Filled(named=2, broken=0)
    assert (twin().receipt_long, twin().receipt_sealed) == (None, None)


def test_what_is_sealed_under_a_key_we_do_not_hold_stays_as_it_is(
    keep, fill, sealer, vault, tmp_path, now
):
    create_keys(tmp_path / "other")
    stranger = Sealer.load(tmp_path / "other")
    keep(ItemNumber(number="15736", kind="case"), ItemNumber(number="27410", kind="case"))
    shut = keep(a_case("15736", now, receipt_sealed=stranger.receipt(RECEIPT)))
    open_one = keep(a_case("27410", now, receipt_sealed=sealer.receipt(RECEIPT)))
    row = keep(a_conversation(now, sender_sealed=stranger.number(NUMBER)))
    assert fill() == waiting.Filled(named=1, broken=2)
    assert shut().receipt_sealed is not None
    assert open_one().receipt_long is not None
    assert row().sender_sealed is not None


@pytest.mark.parametrize(
    ("about", "kept"),
    [
        ({"over": True}, False),
        ({"over": False}, True),
        ({"over": True, "resumable": True}, True),
        ({"over": True, "contact": None}, True),
    ],
)
def test_the_number_of_a_dialogue_that_is_over_is_dropped(store, keep, sealer, now, about, kept):
    sealed = sealer.number(NUMBER)
    row = keep(a_conversation(now, **{"contact": "c" * 64, "sender_sealed": sealed, **about}))
    with store.work(Job("keeper")) as work:
        waiting.drop_unowed(work)
    assert (row().sender_sealed is not None) == kept
