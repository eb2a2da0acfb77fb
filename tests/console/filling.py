"""Some of everything that a console shows, each with texts that the test gives."""

import secrets
from datetime import timedelta
from io import BytesIO

from sqlalchemy import select, update

from flows.alert_kinds import KINDS, Estimate
from flows.policy import DEFAULT
from models.account import Account
from models.area import Area, Facility
from models.audit import AuditEntry
from models.case import Case, CaseEvent, ItemNumber
from models.db import Gateway, Handler, Job
from models.inbound import InboundMessage
from models.organisation import Coverage, Organisation
from models.paperwork import ExportRequest, PolicyVersion
from models.person import Hat, Person
from models.referral import Referral, ReferralStep
from models.services import alerts, stories
from models.services.alerts import Raised
from models.services.gazetteer import directory_changed
from models.sign_in import ConsoleSession, Passkey, Recovery
from models.slip import Booklet, Slip
from models.stock import Stock
from models.triage import AnswerTemplate, SavedFilter
from models.voice_note import VoiceNote
from tests.factories import make_person, phone_of
from tests.models.test_dead_letters import put_message, put_text, put_voice

MANY = 4  # of each, so that a question asked for each of them would be counted
TESSIT, ANSONGO = "ML070106", "ML0701"
CENTRE, BODY, PARTNER = "F-TESSIT", "cscom-tessit", "rrm-ansongo"
PHONES = tuple(f"+2237000{number:04d}" for number in range(1, 40))


def directory(full):
    """Organisations, coverage, a centre with its stock, places: all by other names."""
    place = {"cercle_pcode": ANSONGO, "commune_pcode": TESSIT, "quality": "ok", "source": "test"}
    words = {"fee": full.say(24), "hours": full.say(24)}
    full.put(Facility(id=CENTRE, name=full.say(80), kind="cscom", **place, **words))
    full.put(Organisation(id=BODY, name=full.say(80), kind="cscom", facility_id=CENTRE))
    for one in range(MANY):
        name = f"o-{one}"
        holds = {"sector": "food", "role": "distributes", "area_pcode": TESSIT}
        since = full.now - timedelta(days=9)
        full.put(Organisation(id=name, name=full.say(80), kind="ngo", area_pcode=ANSONGO))
        row = full.put(Coverage(organisation_id=name, since=since, **holds))
        full.put(Stock(facility_id=CENTRE, product=str(one + 1), quantity=one, as_of=full.now))
    full.named["/annuaire/couverture/<int:row_id>"] = f"/annuaire/couverture/{row}"


def people(full):
    """Somebody at the centre, on duty, who calls back, and relays who raise alerts."""
    vault, sealer = full.world.stage.vault, full.world.stage.house.sealer
    full.put(Organisation(id=PARTNER, name=full.say(80), kind="rrm"))
    worn = (
        ("P0101", BODY, "cscom_maternity"),
        ("P0141", PARTNER, "rrm_duty"),
        ("P0301", "cell", "call_back"),
    )
    relays = tuple((f"R{128 + one}", BODY, "relay") for one in range(MANY))
    for number, organisation, function in (*worn, *relays):
        person = make_person(vault, sealer, number, organisation)
        person.role = {"call_back": "operator", "relay": "relay"}.get(function, "focal_point")
        person.area_pcode = TESSIT
        person.hats = [Hat(function=function, organisation_id=organisation)]
        full.put(person)


def cases(full):
    """Alike cases with words, notes, an answer on its way, checks and a repair; a private one."""
    filed = [full.world.file(words=full.say(), answer="sms", phone=PHONES[n]) for n in range(MANY)]
    first = filed[0]
    for act in (
        {"act": "noter", "note": full.say()},
        {"act": "verification", "who": "cell", "way": "phone"},
        {"act": "repondre", "words": "Le camion revient jeudi.", "how": "answer"},
    ):
        full.world.does("P0151", first, act.pop("act"), **act)
    full.world.file(category="92", private="1", words=full.say(), phone=PHONES[9])
    for case in filed:
        _rename(full, case)
    full.named |= {
        "/cas/<number>": f"/cas/{first.number}",
        "/cas/<number>/confier": f"/cas/{filed[1].number}/confier",
    }
    full.case = first


def _rename(full, case):
    said = {"subject_line": full.say(120), "channel": full.say(40), "why": [full.say(), full.say()]}
    with full.store.work(Job("test")) as work:
        work.session.execute(update(Case).where(Case.id == case.id).values(**said))
        work.session.add(
            CaseEvent(
                case_id=case.id,
                transition="passed",
                status=case.status,
                by=full.say(40),
                at=full.now,
                details={"to": full.say(80), "why": full.say(80)},
            )
        )


def voice(full):
    """A message that was spoken."""
    at = {"received_at": full.now, "due_at": full.now}
    heard = InboundMessage(channel="phone", provider_id="spoken", status="done", **at)
    inbound = full.put(heard)
    with full.store.work(Gateway()) as work:
        row, sealer = work.session.get_one(Case, full.case.id), full.world.stage.house.sealer
        sound = stories.keep_sound(work, sealer, row, b"OggS" * 99, full.now).id
    kept = {"case_id": full.case.id, "story_id": sound, "status": "done", "kind": "audio/ogg"}
    full.put(VoiceNote(inbound_id=inbound, place=0, channel="phone", **kept, **at))
    full.named["/cas/<number>/son/<int:story>"] = f"/cas/{full.case.number}/son/{sound}"


def call_backs(full):
    """People who asked to be called."""
    for one in range(MANY):
        wish = {"call_language": "ses", "call_when": "morning", "call_voice": "any"}
        asked = full.world.stage.does("open_call_back", wish, PHONES[10 + one])
        number = full.world.stage.case(asked.values["case"]).number
    full.named["/rappels/<number>"] = f"/rappels/{number}"


def events(full):
    """An alert from several relays, with words."""
    for one in range(MANY):
        scene = full.world.stage.scene(phone_of(f"R{128 + one}"), "sms")
        with full.store.work(Job("converse")) as work:
            relay = work.session.get_one(Person, scene.person_id)
            own = type(work)(work.session, Handler(relay.id, relay.number), work.opened_by)
            kind = KINDS["flood"]
            said = Raised(kind, kind.category, f"c:{TESSIT}", Estimate(), words=full.say(120))
            number = alerts.raise_alert(own, scene, relay, said).number
    full.named["/alertes/<number>"] = f"/alertes/{number}"


def referrals(full):
    """Women awaited at the centre."""
    for number in ("10006", "10018", "10023", "10037"):
        at = full.now - timedelta(days=3)
        sent = {"status": "sent", "sent_at": at, "due_at": at + timedelta(days=30)}
        one = Referral(
            number=number, source="relay", facility_id=CENTRE, age_band="20-24",
            reason=full.say(16), **sent,
        )  # fmt: skip
        said = {"status": "sent", "by": full.say(40), "road": "sms", "at": at, "details": {}}
        one.steps = [ReferralStep(transition="sent", **said)]
        full.put(ItemNumber(number=number, kind="referral"), one)
    full.named["/orientations/<number>"] = f"/orientations/{number}"


def places(full):
    """Give the cercle and its communes other names."""
    with full.store.work(Job("test")) as work:
        inside = Area.pcode.in_([ANSONGO]) | (Area.parent_pcode == ANSONGO)
        for area in work.session.scalars(select(Area).where(inside)):
            area.name, area.aliases = full.say(80), [full.say(80)]
        directory_changed(work)


def given_up(full):
    """Dead letters of each kind."""
    for hours in range(1, MANY + 1):
        at = full.now - timedelta(hours=hours)
        put_message(full.store, at, cause=full.say(80), channel=full.say(40))
        put_voice(full.store, at, reason=full.say(80))
        put_text(full.store, at, reason=full.say(80))


def answers(full):
    """Templates of answers."""
    for _ in range(MANY):
        words = {"name": full.say(60), "text": full.say(480), "by": full.say(40)}
        full.put(AnswerTemplate(category="", language="fr", written_at=full.now, **words))


def own(full):
    """What each account has: filters, files, keys, sessions."""
    for account in full.accounts.values():
        full.put(SavedFilter(account_id=account, page="queue", name=full.say(60), query="q=x"))
        full.put(_session(full, account), _key(full, account))
        done = {"status": "made", "due_at": full.now, "asked_at": full.now, "made_at": full.now}
        asked = {"what": "cases", "form": "csv", "query": f"q={full.say(200)}"}
        row = full.put(ExportRequest(account_id=account, **asked, **done))
        file = full.console.settings.exports / "console" / f"{row}.csv"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("number\n", "utf-8")
        if account == full.accounts["triager"]:
            full.named["/exports/<int:row>/fichier"] = f"/exports/{row}/fichier"


def _session(full, account):
    seen = {"created_at": full.now, "seen_at": full.now, "checked_at": full.now}
    return ConsoleSession(
        digest=secrets.token_hex(32), account_id=account, content={}, browser=full.say(16), **seen
    )


def _key(full, account):
    return Passkey(
        account_id=account, credential_id=secrets.token_bytes(16), public_key=b"key", sign_count=0,
        transports=[], device_type="single_device", backup_state=False, usage="secondary",
        name=full.say(64), used_at=full.now,
    )  # fmt: skip


def recoveries(full):
    """Somebody asked for a way back in."""
    first, ends = full.accounts["admin"], full.now + timedelta(days=1)
    for name in ("auditor", "triager"):
        asked = {"first_id": first, "asked_at": full.now, "ends_at": ends}
        full.put(Recovery(account_id=full.accounts[name], **asked))


def booklets(full):
    """Slips of an operator, some of them used."""
    with full.store.work(Job("test")) as work:
        person = work.session.scalar(select(Person.id).where(Person.number == "P0301"))
    for _ in range(MANY):
        booklet = full.put(Booklet(person_id=person, issued_at=full.now - timedelta(days=40)))
        for one in range(1, MANY + 1):
            full.put(Slip(booklet_id=booklet, number=f"{one:02d}", used_at=full.now))


def versions(full):
    """Other policies, as somebody would write them."""
    text = DEFAULT.read_text(encoding="utf-8")
    for one in range(MANY):
        marked = f"# {' '.join(full.say().split())}\n{text}" if one else text + "\n- ["
        row = full.put(
            PolicyVersion(
                text=marked, note=full.say(200), first_id=full.accounts["admin"],
                proposed_at=full.now,
            )
        )  # fmt: skip
    full.named["/regles/versions/<int:version_id>"] = f"/regles/versions/{row}"


def drafts(full):
    """A file that was brought, with mistakes in it."""
    rows = [f'{full.say(40)},food,distributes,"{full.say(40)}",2026-01-01,' for _ in range(MANY)]
    body = "\n".join(["organisation,sector,role,area_pcode,since,until", *rows])
    file = (BytesIO(body.encode()), "f.csv")
    said = {"kind": "coverage", "file": file}
    brought = full.browser("admin").post("/annuaire/fichiers", data=said)
    full.named["/annuaire/fichiers/<int:draft_id>"] = brought.headers["Location"]


def noted(full):
    """Entries of the audit."""
    for _ in range(MANY):
        said = {"actor": full.say(40), "reason": full.say(40), "details": {"said": full.say()}}
        full.put(AuditEntry(at=full.now, act="read", about=full.say(16), number="20000", **said))


def names(full):
    """Let accounts be called by texts too."""
    with full.store.work(Job("test")) as work:
        for row in full.accounts.values():
            work.session.get_one(Account, row).email = f"{full.say(90)}{row}@example.org"


ALL = (
    cases, voice, call_backs, events, referrals, places, given_up, answers,
    own, recoveries, booklets, versions, drafts, noted, names,
)  # fmt: skip
