"""1,064 women sent, by SMS in any order, with all that goes wrong: counted to the unit.

Duplicates, lines typed wrong, centres without stock, women without their code, other centres than
the one meant: what we sum up is what a count of the truth gives.
"""

import random
import re
from contextlib import suppress
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from flows.referral_figures import summary
from models.db import Job
from models.errors import AlreadyReceived
from models.inbound import InboundMessage
from models.outbound import OutboundMessage
from models.services import inbox, intake
from models.services.conversing import Conversing
from models.services.gazetteer import Places
from models.services.intake import ReceivedSms
from models.services.referral_facts import every_referral, told
from models.services.sms import SmsDialogues
from tests import referral_world as world
from tests.factories import make_person, phone_of, staged
from tests.journeys.referral_count import count

WOMEN = 1064
WAVE = 250
TWICE, WRONG, WITHOUT_STOCK, WITHOUT_CODE = 0.08, 0.05, 0.03, 0.04
MATRONS = {"F1": "P0202", "F2": "P0212", "F3": "P0222", "F9": "P0112"}
CODES = {"F1": "6143", "F2": "6160", "F3": "6177"}
OUT = "7"  # at F2 there is none of it
REASONS = {"1": "stock_out", "2": "no_provider", "3": "not_suitable", "4": "changed_mind"}
RELAYS = [f"R{number}" for number in range(301, 361)]
CENTRES = {"CSCOM Tessit": "F1", "CSCOM Bara": "F2", "CSCOM Talataye": "F3"}
B1 = re.compile(r"Dites ce code a la personne: (\d+)\. ([^,]+),")


class Woman:
    """What truly happens to one woman, and the lines in which it is told."""

    def __init__(self, chance, number):
        self.relay = RELAYS[number % len(RELAYS)]
        self.age = chance.randint(10, 49)
        out = chance.random() < WITHOUT_STOCK
        self.meant = "F2" if out else chance.choice(("F1", "F2", "F3"))
        self.wish = OUT if out else chance.choice((None, *"12345"))
        self.despite = chance.choice(("1", "2", "0")) if out else "2"
        self.came_to = chance.choice(tuple(CODES)) if chance.random() < 0.1 else self.meant
        self.has_code = chance.random() >= WITHOUT_CODE
        self.fate = chance.choices(("absent", "came", "served", "refused"), (25, 4, 58, 13))[0]
        self.up = self.fate == "served" and chance.random() < 0.03
        self.given = chance.choice("123456") if self.fate == "served" else None
        self.reason = chance.choice("1234") if self.fate == "refused" else None
        self.code = None
        self.sent_to = None

    @property
    def ref(self):
        wish = f" {self.wish}" if self.wish else ""
        return (self.relay, f"REF {CODES[self.meant]} {self.age}{wish}")

    def lines(self, chance):
        """Return what centres write of her, in any order."""
        matron, code = MATRONS[self.came_to], self.code
        said = {
            "absent": [],
            "came": [[f"{code} 1", f"VENUE {code}"]],
            "served": [[f"DONNE {code} {self.given}"], [f"{code} 2", f"DONNE {code} {self.given}"]],
            "refused": [[f"PAS {code} {self.reason}"], [f"{code} 3", f"PAS {code} {self.reason}"]],
        }[self.fate]
        lines = [(matron, line) for line in (chance.choice(said) if said else [])]
        if lines and self.up:
            lines = [(MATRONS["F9"], f"DONNE {code} {self.given}"), (matron, f"{code} 4")]
        if lines and not self.has_code:
            lines.append((matron, f"VENUE {self.age} {self.relay}"))
        if lines and chance.random() < 0.3:
            lines.append((matron, f"VENUE {code}"))
        chance.shuffle(lines)
        return lines

    def truth(self):
        arrived = self.code is not None and self.fate != "absent"
        return {
            "sent": self.code is not None,
            "arrived": arrived,
            "served": arrived and self.fate == "served",
            "elsewhere": arrived and (self.up or self.came_to != self.sent_to),
            "wish": self.wish,
            "given": self.given,
            "reason": REASONS.get(self.reason) if self.reason else None,
        }


def wrong(chance, line):
    """Return a line as it is typed by somebody in a hurry: a digit wrong, cut, or nonsense."""
    digits = re.findall(r"\d{5}", line)
    cut = [line[:3], "rien", "DONE", line.replace(" ", "x")]
    if digits:
        code = digits[0]
        off = code[:-1] + str((int(code[-1]) + chance.randint(1, 9)) % 10)
        cut += [line.replace(code, off), line.replace(code, code[:4])]
    return chance.choice(cut)


class Field:
    """The inbox of the service, and everybody who writes to it."""

    def __init__(self, stage):
        self.stage = stage
        self.service = SmsDialogues(Conversing(stage.store, stage.house))
        self.chance = random.Random(1064)
        self.sent = 0

    def posts(self, groups):
        """Post groups of lines in one wave; return the replies to each group, in order."""
        with self.stage.store.work(Job("converse")) as work:
            ids = [[self._lines(work, who, line) for who, line in group] for group in groups]
            waiting = select(InboundMessage).where(InboundMessage.status == "waiting")
            for row in work.session.scalars(waiting.order_by(InboundMessage.id)).all():
                with self.service.together(work, [row], lambda: self.stage.now) as together:
                    together.answer(row)
                inbox.settle(work, [row], self.stage.now)
            replies = self._replies(work)
        self.stage.later(minutes=1)
        return [[replies.get(one, "") for one in group] for group in ids]

    def _lines(self, work, who, line):
        if len(line) > 1 and self.chance.random() < WRONG:
            self._post(work, who, wrong(self.chance, line))
        first = self._post(work, who, line)
        if self.chance.random() < TWICE:
            again = first if line.startswith("REF") or self.chance.random() < 0.5 else None
            self._post(work, who, line, again)
        return first

    def _post(self, work, who, line, provider_id=None):
        if provider_id is None:
            self.sent += 1
            provider_id = f"sms-{self.sent}"
        sms = ReceivedSms("phone", provider_id, phone_of(who), line)
        with suppress(AlreadyReceived):
            intake.receive_sms(work, self.stage.house, sms, self.stage.now)
        return provider_id

    def _replies(self, work):
        """Return what this wave was answered, by the id of the line."""
        rows = work.session.execute(
            select(InboundMessage.id, InboundMessage.provider_id).where(
                InboundMessage.received_at == self.stage.now
            )
        )
        lines = {f"inbound:{row.id}": row.provider_id for row in rows}
        texts = work.session.execute(
            select(OutboundMessage.cause, OutboundMessage.text_sealed).where(
                OutboundMessage.created_at == self.stage.now, OutboundMessage.purpose == "command"
            )
        )
        opened = self.stage.house.transit.unwrap
        return {lines[row.cause]: opened(row.text_sealed) for row in texts}


def sends(field, women):
    """Let relays send and centres answer, wave after wave, until nothing is left to say."""
    chance = field.chance
    pool = [(one, [one.ref]) for one in women]
    while pool:
        chance.shuffle(pool)
        wave, pool = pool[:WAVE], pool[WAVE:]
        answers = field.posts([group for _, group in wave])
        for (one, group), replies in zip(wave, answers, strict=True):
            if group[0] != one.ref:
                continue
            coded = [found for reply in replies if (found := B1.search(reply))]
            if coded:
                one.code, one.sent_to = coded[0].group(1), CENTRES[coded[0].group(2)]
                pool += [(one, [line]) for line in one.lines(chance)]
            elif "2 envoyer quand meme" in replies[0] and len(group) == 1:
                pool.append((one, [one.ref, (one.relay, one.despite)]))


@pytest.fixture
def field(sqlite_store, tmp_path, now):
    with staged(sqlite_store, tmp_path, now) as stage:
        world.settle(stage)
        stage.house = replace(stage.house, places=Places())
        with stage.store.work(Job("test")) as work:
            for number in RELAYS:
                relay = make_person(stage.vault, stage.house.sealer, number, "cscom-tessit")
                relay.role = "relay"
                work.session.add(relay)
        yield Field(stage)


def test_what_we_sum_up_is_what_happened(field):
    stage, chance = field.stage, field.chance
    stage.writes("P0212", f"STOCK {OUT} 0")
    stage.writes("P0222", f"STOCK {OUT} 50")
    women = [Woman(chance, number) for number in range(WOMEN)]
    sends(field, women)
    with stage.store.work(Job("test")) as work:
        ours = summary(map(told, every_referral(work)))
        strangers = select(func.count()).where(OutboundMessage.person_id.is_(None))
        assert work.session.scalar(strangers) == 0  # not one text left for a woman
    theirs = count([one.truth() for one in women])
    assert {name: ours[name] for name in theirs} == theirs
    assert ours["referred"] > 1000
