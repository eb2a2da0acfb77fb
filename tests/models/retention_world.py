"""One of each thing that is kept only for a time, all of one moment, and ways to look for it."""

from datetime import timedelta

from sqlalchemy import select

from models.account import Account
from models.alert import Alert, AlertSource, Evacuation, EvacuationRing
from models.audit import AuditEntry
from models.case import CallBack, Case, Subject
from models.consent import Consent
from models.conversation import Contact, Conversation, WrongCode
from models.inbound import InboundMessage
from models.known_as import KnownAs
from models.lowering import Lowering
from models.outbound import DeliveryReport, OutboundMessage
from models.paperwork import ExportRequest, ImportDraft
from models.person import Hat, Person, Tie
from models.referral import Referral, ReferralStep
from models.repair import Check, Repair, RepairCase
from models.services import cases, stories
from models.services.filing import free_number
from models.services.stories import Words
from models.sign_in import ConsoleSession, Recovery, SignInFailure
from models.slip import Booklet, Slip
from models.voice_note import VoiceNote
from tests.factories import SPEAKER, TESSIT, make_person

# name, kind, class, status
CASES = (
    ("complaint", "complaint", "C2", "closed"),
    ("complaint withdrawn", "complaint", "C2", "withdrawn"),
    ("complaint C5", "complaint", "C5", "closed"),
    ("complaint C6", "complaint", "C6", "closed"),
    ("complaint C7", "complaint", "C7", "withdrawn"),
    ("incomplete", "complaint", "C3", "incomplete"),
    ("call back", "call_back", "C1", "closed"),
    ("stock out", "stock_out", "C4", "closed"),
    ("task of a referral", "referral", "C4", "closed"),
    ("alert", "alert", "C9", "closed"),
    ("alert joined", "alert", "C9", "closed"),
    ("evacuation", "evacuation", "C9", "closed"),
    ("refund", "complaint", "C2", "closed"),
)
REFERRALS = (
    ("referral served", "served", "served"),
    ("referral not served", "not_served", "not_served"),
    ("referral expired", "expired", "expired"),
    ("referral cancelled", "cancelled", "cancelled"),
)


class World:
    """Everything there is of a moment, by the names of the oracle."""

    def __init__(self, work, stage, at):
        self.work, self.stage, self.at = work, stage, at
        self.looks = {}
        self.ids = {}
        self._persons()
        self._messages()
        for name, kind, case_class, status in CASES:
            self._case(name, kind, case_class, status)
        self._around_cases()
        for name, status, step in REFERRALS:
            self._referral(name, status, step)
        self._contacts()
        self._console()

    def there(self, work):
        """Return the names of what is still there."""
        return {name for name, look in self.looks.items() if look(work)}

    def _add(self, row):
        self.work.session.add(row)
        self.work.session.flush()
        return row

    def _look(self, name, table, key, says=lambda row: True):
        def look(work):
            row = work.session.get(table, key, populate_existing=True)
            return row is not None and bool(says(row))

        self.looks[name] = look

    def _persons(self):
        gone, other = (
            make_person(self.stage.vault, self.stage.house.sealer, number, "ngo-a")
            for number in ("P0901", "P0902")
        )
        gone.revoked_at = self.at
        gone.hats = [Hat(function="meal", organisation_id="ngo-a")]
        self._add(gone)
        self._add(other)
        self._add(Tie(person_id=gone.id, other_id=other.id))
        self._add(KnownAs(person_id=gone.id, name="Vieux"))
        account = Account(email="a@example.org", role="focal_point")
        account.password_hash, account.person_id = "x", gone.id
        account.created_at = account.revoked_at = self.at
        self._add(account)
        booklet = self._add(Booklet(person_id=other.id, issued_at=self.at))
        self.slip = self._add(Slip(booklet_id=booklet.id, number="01", used_at=self.at))
        self.person = gone
        self._look("number of a person", Person, gone.id, lambda row: row.number == "P0901")
        self._look(
            "phone, PIN and functions of a person",
            Person,
            gone.id,
            lambda row: row.phone_sealed or row.pseudonym or row.pin_hash or row.hats,
        )
        self._look(
            "name and password of an account",
            Account,
            account.id,
            lambda row: row.password_hash or "example" in row.email,
        )
        self._look("slips", Slip, self.slip.id)
        facts = {"actor": "P0901", "act": "read", "about": "case", "details": {}}
        entry = self._add(AuditEntry(at=self.at, **facts))
        self._look("audit entry", AuditEntry, entry.id)

    def _messages(self):
        at, later = self.at, self.at + timedelta(seconds=37)
        dialogue = Conversation(key="ussd:phone:old", turn=1, sealed=b"x", updated_at=at)
        dialogue.over = dialogue.resumable = False
        self._add(dialogue)
        received = InboundMessage(
            channel="phone", provider_id="one", received_at=at, due_at=later, settled_at=later
        )
        received.status, received.contact = "processed", pseudonym("a")
        received.sender_sealed = received.text_sealed = b"sealed"
        self.received = self._add(received)
        sent = self.text("test", "sent")
        report = self._add(
            DeliveryReport(
                channel="phone",
                provider_id="one",
                status="ok",
                meaning="delivered",
                received_at=at,
            )
        )
        day = (at - timedelta(days=1)).date().isoformat()
        self._add(WrongCode(contact=pseudonym("a"), day=day, count=3))
        self._look("dialogue", Conversation, "ussd:phone:old")
        self._look("id of a message received", InboundMessage, received.id)
        self._look(
            "words and sender of a message received",
            InboundMessage,
            received.id,
            lambda row: row.contact or row.sender_sealed or row.text_sealed,
        )
        self._look(
            "second at which a message came",
            InboundMessage,
            received.id,
            lambda row: row.due_at == later,
        )
        self._look(
            "number and words of a text sent",
            OutboundMessage,
            sent.id,
            lambda row: row.contact or row.address or row.text_sealed or row.fills,
        )
        self._look("row of a text sent", OutboundMessage, sent.id)
        self._look("report of a text sent", DeliveryReport, report.id)
        self._look("wrong codes", WrongCode, (pseudonym("a"), day))

    def text(self, cause, purpose, **facts):
        """Write a text that nobody settled."""
        row = OutboundMessage(
            cause=cause,
            purpose=purpose,
            contact=pseudonym("a"),
            address=b"number",
            text_sealed=b"words",
            fills={"tel": "person:P0901"},
            created_at=self.at,
            due_at=self.at,
            expires_at=self.at + timedelta(days=3),
            **facts,
        )
        return self._add(row)

    def _case(self, name, kind, case_class, status):
        case = Case(
            number=free_number(self.work, self.stage.house, "case"),
            kind=kind,
            category="12",
            case_class=case_class,
            area_pcode=TESSIT,
            source="ussd",
            channel="phone",
            language="fr",
            status=status,
            opened_at=self.at if status == "incomplete" else self.at - timedelta(days=20),
            due_at=self.at,
            closed_at=None if status == "incomplete" else self.at,
            contact=self.stage.vault.pseudonym(SPEAKER),
            holder_person=self.person.id,
            why=[],
        )
        self._add(case)
        self.ids[name] = case.id
        self._look(name, Case, case.id)
        self._add(Subject(case_id=case.id, kind="organisation", ref="ngo-a"))
        event = cases.record(self.work, case, "opened", self.at)
        stories.keep(self.work, self.stage.house.sealer, case, Words("said", "Rien"), self.at)
        self.text(f"case-event:{event.id}", "case_new", case_id=case.id)
        self._add(Check(case_id=case.id, why="few_sources", asked_at=self.at))
        self._add(Consent(case_id=case.id, what="call", road="ussd", at=self.at))

    def _around_cases(self):
        ids, at, person = self.ids, self.at, self.person.id
        told = self.work.session.get_one(Case, ids["complaint"])
        self.slip.case_id, told.address = told.id, b"number"
        self._look("address", Case, told.id, lambda row: row.address)
        sound = stories.keep_sound(self.work, self.stage.house.sealer, told, b"sound", at)
        note = VoiceNote(
            inbound_id=self.received.id,
            place=0,
            channel="phone",
            kind="audio/ogg",
            url_sealed=b"where",
            status="done",
            case_id=told.id,
            story_id=sound.id,
            due_at=at,
            received_at=at,
        )
        self._add(note)
        self._look(
            "address of a sound at the provider", VoiceNote, note.id, lambda row: row.url_sealed
        )
        lost = VoiceNote(inbound_id=self.received.id, place=1, channel="phone", kind="audio/ogg")
        lost.status, lost.due_at, lost.received_at = "dead", at, at
        self._add(lost)
        self._look("sound of no case", VoiceNote, lost.id)
        call = {"language": "fr", "hour": "day", "voice": "any", "consent_at": at}
        self._add(CallBack(case_id=ids["call back"], about_id=told.id, **call))
        for name in ("alert", "alert joined"):
            self._add(Alert(case_id=ids[name], kind="flood"))
        own = {"own_id": ids["alert joined"], "contact": pseudonym("b")}
        self._add(AlertSource(case_id=ids["alert"], at=at, **own))
        called = {"what": "birth", "relay_id": person, "refund_id": ids["refund"]}
        self._add(Evacuation(case_id=ids["evacuation"], **called))
        ring = {"person_id": person, "function": "mcd", "at": at}
        self._add(EvacuationRing(case_id=ids["evacuation"], **ring))
        two = {"first_id": person, "second_id": person + 1, "reason": "misheard", "asked_at": at}
        self._add(Lowering(case_id=ids["complaint C5"], from_class="C5", **two))
        self._repair(told)

    def _repair(self, told):
        repair = Repair(
            number=free_number(self.work, self.stage.house, "repair"),
            category="12",
            organisation_id="ngo-a",
            function="meal",
            person_id=self.person.id,
            status="answered",
            why="allowed",
            asked_at=self.at,
            due_at=self.at,
            answered_at=self.at,
        )
        self._add(repair)
        self._add(RepairCase(repair_id=repair.id, case_id=told.id))
        self._look("repair request", Repair, repair.id)

    def _referral(self, name, status, step):
        over = status in {"expired", "cancelled"}
        one = Referral(
            number=free_number(self.work, self.stage.house, "referral"),
            source="relay",
            relay_id=self.person.id,
            age_band="20-24",
            status=status,
            sent_at=self.at - timedelta(days=20),
            due_at=self.at + timedelta(days=10),
            closed_at=self.at if over else None,
            consent_at=self.at,
        )
        self._add(one)
        facts = {"status": status, "by": "R128", "road": "sms", "at": self.at, "details": {}}
        said = self._add(ReferralStep(referral_id=one.id, transition=step, **facts))
        self._add(Consent(referral_id=one.id, what="referral", road="relay", at=self.at))
        self.text(f"referral-step:{said.id}", "referral_came")
        self.ids[name] = one.id
        self._look(name, Referral, one.id)

    def _contacts(self):
        at = self.at
        known = {"language": "fr", "language_chosen": True, "seen_at": at, "notice_at": at}
        place = {"last_commune": TESSIT, "last_place_at": at}
        stopped, other = pseudonym("c"), pseudonym("d")
        self._add(Contact(pseudonym=stopped, stopped_at=at, **known, **place))
        self._add(Contact(pseudonym=other, **known))
        self._look("STOP", Contact, stopped, lambda row: row.stopped_at == at)
        self._look("last place", Contact, stopped, lambda row: row.last_commune)
        self._look("phone that said nothing", Contact, other)
        self._look(
            "language and notice",
            Contact,
            stopped,
            lambda row: row.language or row.language_chosen or row.notice_at,
        )

    def _console(self):
        at, account = self.at, self._account()
        self._add(ConsoleSession(digest="s" * 64, created_at=at, seen_at=at))
        self._look("session of the console", ConsoleSession, "s" * 64)
        self._add(SignInFailure(digest="f" * 64, count=3, last_at=at))
        self._look("tries to sign in", SignInFailure, "f" * 64)
        ends = at + timedelta(days=1)
        way = Recovery(account_id=account, first_id=account, asked_at=at, ends_at=ends)
        self._look("way back in", Recovery, self._add(way).id)
        asked = {"account_id": account, "asked_at": at}
        brought = self._add(ImportDraft(kind="coverage", body="", **asked))
        self._look("file brought", ImportDraft, brought.id)
        facts = {"what": "cases", "form": "csv", "query": "", "status": "waiting", "due_at": at}
        self._look("file asked for", ExportRequest, self._add(ExportRequest(**facts, **asked)).id)

    def _account(self):
        gone = Account(email="gone@example.org", role="administrator", revoked_at=self.at)
        gone.password_hash, gone.created_at = "", self.at
        return self._add(gone).id


def pseudonym(letter):
    """Return one that is nobody's."""
    return letter * 64


def left_of(work, table):
    """Return how many rows a table has."""
    return len(work.session.execute(select(*table.primary_key.columns)).all())
