"""A programme with something of every kind under way, and phones that write whatever they like.

Every line is tried in one unit of work that is never committed: the next one finds the same world.
"""

import re
from collections import Counter
from contextlib import suppress
from datetime import timedelta

from sqlalchemy import select

from models.alert import AlertSource
from models.case import Case, Story, Tally
from models.conversation import Contact, Conversation
from models.db import Job
from models.inbound import InboundMessage
from models.organisation import Organisation
from models.outbound import OutboundMessage
from models.person import Hat, Person
from models.referral import Referral
from models.repair import Repair
from models.services import intake, repairs, slips
from models.services.conversing import Conversing
from models.services.sms import SmsDialogues
from models.slip import Slip
from models.stock import Stock
from tests import referral_world
from tests.factories import (
    ANSONGO,
    FLOWS,
    NEIGHBOUR,
    NOTICE,
    SPEAKER,
    TESSIT,
    make_person,
    phone_of,
)

SILENCE_MINUTES = 31
THIRD = "+22370009003"
WHO = {
    "relay": "R128",
    "matron": "P0202",
    "agent": "P0150",
    "colleague": "P0151",
    "officer": "P0153",
    "caller": "P0156",
    "ngo": "P0121",
    "rrm": "P0141",
    "head": "P0201",
    "operator": "P0301",
    "supervisor": "P0302",
    "lost relay": "R129",
    "speaker": SPEAKER,
    "stranger": THIRD,
}
# number, role, organisation, function, area
MORE_PEOPLE = (
    ("P0141", "focal_point", "rrm-ansongo", "rrm_duty", ANSONGO),
    ("P0133", "focal_point", "sap-ansongo", "sap", ANSONGO),
    ("P0143", "focal_point", "protection", "protection", None),
    ("P0301", "operator", "cell", None, None),
    ("P0302", "supervisor", "cell", None, None),
)
MORE_BODIES = {"rrm-ansongo": "rrm", "sap-ansongo": "sap", "protection": "protection"}


class Undone(Exception):
    """Raised at the end of every try, so that nothing of it stays."""


def furnish(stage):
    """Add people and items of every kind; return the names by which lines speak of them."""
    referral_world.settle(stage)
    with stage.store.work(Job("test")) as work:
        for name, kind in MORE_BODIES.items():
            work.session.add(Organisation(id=name, name=name, kind=kind))
        work.session.flush()
        for number, role, body, function, area in MORE_PEOPLE:
            person = make_person(stage.vault, stage.house.sealer, number, body)
            person.role = role
            if function:
                person.hats = [Hat(function=function, organisation_id=body, area_pcode=area)]
            work.session.add(person)
        for relay in work.session.scalars(select(Person).where(Person.role == "relay")):
            relay.area_pcode, relay.ring_agreed_at = TESSIT, stage.now
    with stage.store.work(Job("test")) as work:
        slips.issue(work, stage.house, "P0301", 5, stage.now)
    return _items(stage)


def _items(stage):
    """Open one item of every kind, each by the door it comes through."""
    items = {"case": stage.files(NEIGHBOUR)["n"]}
    receipt = stage.files()
    items["own"], items["receipt"] = receipt["n"], receipt["c6"].replace(" ", "")
    items["taken"] = stage.files("+22370009004")["n"]
    stage.writes("P0151", f"PRIS {items['taken']}")
    items["nameless"] = stage.files("+22370009005", answer="none")["n"]
    items["private"] = stage.files("+22370009006", category="17")["n"]
    items["visible"] = stage.files("+22370009007", category="13")["n"]
    call = stage.does("open_call_back", _CALL, "+22370009008").values["case"]
    items["call"] = stage.case(call).number
    items["code"] = referral_world.refers(stage)
    items["second"] = referral_world.refers(stage, "REF 6143 19")
    items["served"] = referral_world.refers(stage)
    stage.writes("P0202", f"DONNE {items['served']} 2")
    items["theirs"] = referral_world.refers(stage, "REF 6160 31", "R129")
    items["alert"] = _number(stage.writes("R128", "ALERTE 6160 1 40 menages"))
    items["urgent"] = _number(stage.writes("R128", "EVAC 6143 3"))
    stage.writes("P0202", "STOCK 1 40 4 0")
    stage.writes("P0301", "LV 04 6143 12 F34 Rations incompletes")
    stage.later(minutes=6)
    with stage.store.work(Job("timetable")) as work:
        repairs.seek(work, stage.house, stage.now)
        asked = select(Repair.number).where(Repair.organisation_id == "ngo-a")
        items["request"] = work.session.scalars(asked.order_by(Repair.id)).first()
        relay = work.session.scalar(select(Person).where(Person.number == "R129"))
        relay.blocked_at = stage.now
    stage.asked.clear()
    return items


_CALL = {"call_language": "bm", "call_when": "morning", "call_voice": "woman", "channel": "phone"}


def _number(reply):
    return re.search(r"\d{5}", reply).group()


def standing(work):
    """Count what there is, each thing by what a person would say of it."""
    session, told = work.session, Counter()
    for case in session.scalars(select(Case)):
        told[f"{case.kind} {case.case_class} {case.status}"] += 1
    told.update(_said_of(one) for one in session.scalars(select(Referral)))
    told.update(
        f"stock {one.facility_id} {one.product}={one.quantity}"
        for one in session.scalars(select(Stock))
    )
    told.update(f"{one.what} {one.status}" for one in session.scalars(select(Story)))
    told.update(f"slip {one.number} used" for one in session.scalars(select(Slip)) if one.used_at)
    told.update(f"request {one.status}" for one in session.scalars(select(Repair)))
    told["voice of an alert"] = len(session.scalars(select(AlertSource)).all())
    for one in session.scalars(select(Tally)):
        told[f"counted {one.what}"] += one.count
    for one in session.scalars(select(Person)):
        told[f"{one.number} blocked"] += one.blocked_at is not None
        told[f"{one.number} stopped"] += one.stopped_at is not None
        told[f"{one.number} asked to stop"] += one.stop_asked_at is not None
    told["speaker stopped"] += sum(
        one.stopped_at is not None for one in session.scalars(select(Contact))
    )
    return +told


def _said_of(referral):
    digits = (("wish", referral.wish), ("given", referral.given), ("because", referral.reason))
    return " ".join((f"code {referral.status}", *(f"{name} {one}" for name, one in digits if one)))


class Nasty:
    """Phones around one furnished programme; what is written leaves nothing behind."""

    def __init__(self, stage):
        self._stage = stage
        self._items = furnish(stage)
        conversing = Conversing(stage.store, stage.house)
        self._sms = SmsDialogues(conversing)
        with stage.store.work(Job("test")) as work:
            self._before = standing(work)

    def try_out(self, who, lines):
        """Send lines one by one, then fall silent; return the last answers, and what is new."""
        phone = WHO[who] if WHO[who].startswith("+") else phone_of(WHO[who])
        texts, told = [], Counter()
        with suppress(Undone), self._stage.store.work(Job("converse")) as work:
            for line in lines:
                items = {**self._items, "new": _first_number(texts)}
                texts = self._send(work, phone, spelt(line, items))
            self._fall_silent(work, phone)
            told = standing(work) - self._before
            raise Undone
        return texts, told

    def _send(self, work, phone, line):
        stage = self._stage
        row = InboundMessage(
            channel="phone",
            provider_id=f"{phone}:{stage.house.draw(10**15)}",
            received_at=stage.now,
            due_at=stage.now,
            contact=stage.vault.pseudonym(phone),
            sender_sealed=stage.house.sealer.number(phone),
            text_sealed=stage.house.transit.wrap(intake.cleaned(line)),
        )
        work.session.add(row)
        work.session.flush()
        with self._sms.together(work, [row], lambda: stage.now) as together:
            together.answer(row)
        work.session.flush()
        causes = (f"inbound:{row.id}", *(f"inbound:{row.id}:{place}" for place in range(2, 9)))
        replies = select(OutboundMessage).where(OutboundMessage.cause.in_(causes))
        found = work.session.scalars(replies.order_by(OutboundMessage.id)).all()
        return [stage.house.transit.unwrap(one.text_sealed) for one in found]

    def _fall_silent(self, work, phone):
        """Let half an hour pass: questions that nobody answers are acted upon."""
        later = self._stage.now + timedelta(minutes=SILENCE_MINUTES)
        key = f"sms:{self._stage.vault.pseudonym(phone)}"
        due = select(Conversation.key).where(Conversation.key == key, Conversation.due_at <= later)
        for _ in range(3):  # words may wait behind a command half said
            work.session.flush()
            if work.session.scalar(due) is not None:
                self._sms.file_silent(work, key, later)


def _first_number(texts):
    """Return the number that the last answers speak of."""
    found = re.search(r"\b\d{5}\b", " ".join(texts))
    return found.group() if found else ""


# What a template may hold in its place of {n}, {list} ...: anything on one line.
_VALUE = re.compile(r"\\\{.+?\\\}")


def _pattern(template):
    return re.compile(_VALUE.sub(".+?", re.escape(template)), re.DOTALL)


PATTERNS = {
    **{name: _pattern(one.text) for name, one in FLOWS.texts.messages.items()},
    **{
        name: _pattern(node.text)
        for name, node in FLOWS.nodes.items()
        if name.startswith("sms.") and getattr(node, "text", "")
    },
}


def names_of(text):
    """Return the names of the text that ``text`` is: of those that fit, which say most themselves.

    Two names may have the same words, as the answers to ANNULE have. The notice may stand before.
    """
    said = text.removeprefix(f"{NOTICE} ")
    fits = [name for name, pattern in PATTERNS.items() if pattern.fullmatch(said)]
    own = {name: len(PATTERNS[name].pattern.replace(".+?", "")) for name in fits}
    return [name for name in fits if own[name] == max(own.values())]


# {case} is the number of an item; {case:wrong} has one digit wrong, and so on.
MISTYPED = {
    "wrong": lambda digits: digits[:-1] + str((int(digits[-1]) + 1) % 10),
    "swapped": lambda digits: _swapped(digits),
    "short": lambda digits: digits[:-1],
    "long": lambda digits: digits + "0",
    "spaced": lambda digits: f"{digits[:2]} {digits[2:]}",
    "dotted": ".".join,
    "dashed": "-".join,
    "pairs": lambda digits: " ".join(digits[at : at + 2] for at in range(0, len(digits), 2)),
    "arabic": lambda digits: digits.translate({48 + one: 0x660 + one for one in range(10)}),
    "nko": lambda digits: digits.translate({48 + one: 0x7C0 + one for one in range(10)}),
    "wide": lambda digits: digits.translate({48 + one: 0xFF10 + one for one in range(10)}),
    "letters": lambda digits: digits.replace("1", "I").replace("0", "O"),
}


def _swapped(digits):
    """Swap the first two digits side by side that differ."""
    at = next(at for at in range(len(digits) - 1) if digits[at] != digits[at + 1])
    return digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]


_NAMED = re.compile(r"\{([a-z]+)(?::([a-z]+))?\}")
_TIMES = re.compile(r"\{(\d+) x (.*?)\}")


def _mistyped(named, items):
    return MISTYPED.get(named[2], str)(items[named[1]]) if named[1] in items else named[0]


def spelt(line, items):
    """Return a line of the table as it is sent: items by number, ``{300 x a}``, ``\\u200b``."""
    plain = _TIMES.sub(lambda times: times[2] * int(times[1]), line)
    named = _NAMED.sub(lambda one: _mistyped(one, items), plain)
    return named.encode("ascii", "backslashreplace").decode("unicode_escape")
