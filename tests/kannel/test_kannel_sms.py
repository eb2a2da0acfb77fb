"""What people write and are written, through a real bearerbox, smsbox and fakesmsc."""

import re

import pytest

from gateway.channels.base import Outbound
from tests.kannel.boxes import until

RELAY, MATERNITY = "+22370000201", "+22370000102"
PART = 153  # septets of one of several parts
NUMBERS = (f"+2237000{digits}" for digits in range(3000, 4000))


@pytest.fixture
def speaker():
    """A phone nobody used before: all tests speak to one service."""
    return next(NUMBERS)


def kept(field, words):
    """Return how often these words lie sealed among the cases."""
    return [field.world.vault.story(*one) for one in field.world.kept()].count(words)


def sent(field, number, status):
    """Return the rows of the outbox for this phone that stand at ``status``."""
    contact = field.world.vault.pseudonym(number)
    found = "SELECT * FROM outbound_message WHERE contact = :one AND status = :status"
    return field.world.rows(found, one=contact, status=status)


def test_a_complaint_by_sms_is_asked_where_and_gets_its_code(field, speaker):
    field.phones.writes(speaker, "Pas de vivres au site depuis 3 jours")
    field.phones.received(speaker, "C'est ou")
    field.phones.writes(speaker, "6143")
    field.phones.received(speaker, "Qui est en cause")
    field.phones.writes(speaker, "1")
    assert field.phones.received(speaker, r"\d\d \d\d \d\d")
    assert kept(field, "Pas de vivres au site depuis 3 jours") == 1


def test_a_delivery_report_comes_back_to_its_own_row(field, speaker):
    field.phones.writes(speaker, "AIDE")
    field.phones.received(speaker, "Jaabi")
    [row] = until(lambda: sent(field, speaker, "delivered"))
    assert (row["channel"], row["provider_id"]) == ("kannel", str(row["id"]))


def test_a_referral_goes_from_the_relay_to_the_centre_and_back(field):
    field.phones.writes(RELAY, "REF 6143 24 3")
    told = field.phones.received(RELAY, "Dites ce code a la personne")
    code = re.search(r"personne: (\d+)", told)[1]
    field.phones.received(MATERNITY, f"^{code}: 20-24 ans")
    field.phones.writes(MATERNITY, f"DONNE {code} 3")
    field.phones.received(MATERNITY, f"{code}: venue et servie")
    [referral] = field.world.lines("referrals", "--json")
    assert (referral["number"], referral["status"]) == (code, "served")


def test_ten_parts_arrive_as_one_text_whatever_their_order(field, speaker):
    said = "".join(f"Partie {part:02}: " + "le puits est en panne. " * 6 for part in range(1, 11))
    parts = [said[start : start + PART] for start in range(0, len(said), PART)]
    assert len(parts) == 10
    field.phones.writes_in_parts(speaker, parts)
    field.phones.received(speaker, "C'est ou")
    field.phones.writes(speaker, "0")
    field.phones.received(speaker, "Qui est en cause")
    field.phones.writes(speaker, "1")
    assert until(lambda: kept(field, said.strip())) == 1


def test_letters_of_bambara_arrive_and_leave_as_they_are_written(field, speaker):
    words = "fura tɛ yen, ɲɔgɔn ŋ 😀"
    field.phones.writes(
        speaker, "".join(f"%{one:02X}" for one in words.encode("utf-16-be")), "ucs2"
    )
    field.phones.received(speaker, "Nous avons bien recu")
    assert kept(field, words) == 1

    said = "Kɛnɛya ɲinin kɛ ŋ ç «» 😀 100% a+b " * 5
    field.boxes.channel(field.url).send(Outbound(speaker, said, "999999"))
    assert field.phones.received(speaker, "ɲinin") == said


def test_a_name_and_a_ringtone_are_kept_and_never_answered(field, speaker):
    before = len(field.world.rows("SELECT id FROM inbound_message WHERE status = 'ignored'"))
    field.phones.writes("Orange", "Votre solde est de 500 F")
    field.phones.writes(speaker, "%E9+caf%E9%00x", "data")

    def ignored():
        rows = field.world.rows("SELECT cause FROM inbound_message WHERE status = 'ignored'")
        return len(rows) == before + 2 and {one["cause"] for one in rows}

    assert until(ignored) == {"sender is no telephone", "no text: 8-bit data"}
    assert field.phones.shown(speaker) == []


def test_nothing_is_lost_when_smsbox_is_killed_while_we_are_away(field, speaker):
    field.world.kill_all()
    said = [f"Le puits du quartier {number} est en panne" for number in range(6)]
    for one in said:
        field.phones.writes(speaker, one)
    until(lambda: field.waiting == len(said))  # smsbox was thanked for all of them
    field.boxes.kill("smsbox")
    field.phones.writes(speaker, "Et le septieme")  # bearerbox keeps it
    field.boxes.start_smsbox()
    until(lambda: field.waiting == len(said) + 1)
    field.kill_acceptor()
    field.phones.writes(speaker, "Et le huitieme")  # smsbox asks again until somebody is there
    field.start_acceptor()
    field.world.start()
    until(lambda: field.taken(speaker) == ["processed"] * (len(said) + 2))
    until(lambda: field.waiting == 0)


def test_kannel_writes_down_neither_who_nor_what(field):
    logs = field.boxes.logs()
    assert "7000" not in logs
    assert "comite" not in logs
    assert "puits" not in logs
