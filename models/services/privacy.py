"""What must be gone: one rule for each kind of data, named by the words its columns say.

The table of the threat model, 5, is done here; docs/decisions/0030 says what each choice rests on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from models import (
    account,
    alert,
    area,
    case,
    channel,
    consent,
    conversation,
    counter,
    erasure,
    figure,
    inbound,
    known_as,
    objets,
    outbound,
    paperwork,
    person,
    privacy_note,
    programme,
    referral,
    repair,
    sign_in,
    slip,
    stock,
    triage,
    voice_note,
)
from models.db import Work
from models.services import (
    ended_cases,
    past_console,
    past_counts,
    past_messages,
    past_people,
    slips,
    voice_notes,
)
from models.services.counting import count_up
from models.services.ended_referrals import purge_referrals
from models.services.programme import put_setting, setting
from models.services.purging import Rule, rule
from models.services.uprooting import taken_along

_OF_CASES = taken_along(case.Case) | {"item_number", "voice_note", "slip", "alert_source"}
_OF_PEOPLE = (person.Person, person.Hat, person.Tie, known_as.KnownAs, alert.EvacuationMeans)
_COUNTS = (
    case.Tally,
    counter.Counter,
    channel.Spending,
    stock.Stock,
    stock.StockReport,
    figure.Figure,
    privacy_note.PrivacyNote,
)
_FILES = (paperwork.ImportDraft, paperwork.ExportRequest)
_OF_ACCOUNTS = (account.Account, sign_in.Passkey, triage.SavedFilter)
_TEXTS, _RECEIVED = (outbound.OutboundMessage,), (inbound.InboundMessage,)
_CONTACTS = (conversation.Contact,)

RULES: Sequence[Rule] = (
    rule(
        "dialogues",
        (conversation.Conversation,),
        {conversation.DAY},
        past_messages.end_dialogues,
    ),
    rule(
        "messages received",
        _RECEIVED,
        {inbound.DAYS, inbound.ROUGH, inbound.ANSWERED},
        past_messages.forget_received,
    ),
    rule("sounds not fetched", (voice_note.VoiceNote,), {voice_note.DAYS}, voice_notes.purge),
    rule("texts sent", _TEXTS, {outbound.DAYS}, past_messages.forget_sent),
    rule(
        "rows of texts",
        (*_TEXTS, outbound.DeliveryReport),
        {outbound.YEAR, outbound.LINKED},
        past_messages.delete_sent,
    ),
    rule(
        "wrong codes",
        (conversation.WrongCode,),
        {conversation.WRONG_CODES},
        past_messages.forget_wrong_codes,
    ),
    rule("addresses", (case.Case,), {case.OWED}, ended_cases.forget_addresses),
    rule(
        "cases",
        _OF_CASES,
        {case.CASE_LIFE, case.ITEM_LIFE, consent.ITEM_LIFE},
        ended_cases.purge_cases,
    ),
    replace(
        rule("private cases", _OF_CASES, {case.CASE_LIFE}, ended_cases.purge_private),
        is_told=False,
    ),
    rule("repair requests", (repair.Repair,), {case.CASE_LIFE}, ended_cases.purge_repairs),
    rule("sounds of no case", (voice_note.VoiceNote,), {case.CASE_LIFE}, ended_cases.purge_sounds),
    rule(
        "referrals",
        taken_along(referral.Referral),
        {referral.REFERRAL_LIFE, consent.ITEM_LIFE},
        purge_referrals,
    ),
    rule("last places", _CONTACTS, {conversation.LAST_PLACE}, past_people.forget_places),
    rule(
        "contacts",
        _CONTACTS,
        {conversation.LAST_USE, conversation.WITH_OTHERS},
        past_people.forget_contacts,
    ),
    rule("booklets", (slip.Booklet, slip.Slip), {slip.LIFE}, slips.purge),
    rule("sessions", (sign_in.ConsoleSession,), {sign_in.A_DAY}, past_console.forget_sessions),
    rule("failures", (sign_in.SignInFailure,), {sign_in.TRIED}, past_console.forget_failures),
    rule("recoveries", (sign_in.Recovery,), {sign_in.MONTH}, past_console.forget_recoveries),
    rule("files", _FILES, {paperwork.SEVEN_DAYS}, past_console.forget_files),
    rule("accounts", _OF_ACCOUNTS, {account.LIFE}, past_people.forget_accounts),
    rule("people", _OF_PEOPLE, {person.LIFE}, past_people.forget_people),
    rule(
        "former people",
        (person.Person, account.Account, paperwork.PolicyVersion),
        {person.NAMED},
        past_people.delete_people,
    ),
    rule("counts", _COUNTS, {case.YEARS}, past_counts.forget_counts),
)

FORGOTTEN = "forgotten_at"
PROOF = "gone:"  # how the counters of each day begin that say what was forgotten

ELSEWHERE: Mapping[str, str] = {
    case.UNNAMED: "the keeper names it, every other second",
    case.COLLECTED: "the keeper collects it into its own store, every other second",
    erasure.SECONDS: "the keeper writes it into its journal, every other second",
    conversation.UNTIL_CALLED: "whoever said STOP says JAABI",
    conversation.WHILE_USED: "changed by hand or by its process; names nobody who spoke",
    inbound.FOR_EVER: "never: what comes again must be known; names nobody",
    figure.UNTIL_TOLD: "its period is published",
    channel.LIFE: "the settings no longer name the channel",
    programme.LIFE: "the programme ends, and its database with it",
    area.LIFE: "the directory is imported anew",
}
"""By what is forgotten what no rule forgets."""

KEEPER: Mapping[str, str] = {
    "audit_entry": "the keeper, which remembers where the chain begins from then on",
    "audit_link": "the keeper, which remembers where the chain begins from then on",
}
"""Tables whose five years the keeper counts."""


def forget(work: Work, one: Rule, now: datetime) -> int:
    """Do one batch of a rule and count, as a proof, how many rows that was. 0: nothing was left."""
    count = one.batch(work, now)
    if one is RULES[-1]:
        objets.let_go(work.session.connection())
        put_setting(work, FORGOTTEN, now.isoformat())
    if count and one.is_told:
        what = f"{PROOF}{one.name}"
        count_up(work, case.Tally, {"day": now.date().isoformat(), "what": what}, count)
    return count


def last_forgotten(work: Work) -> datetime | None:
    """Return when the rules were gone through last; None before the first time."""
    said = setting(work, FORGOTTEN)
    return None if said is None else datetime.fromisoformat(said)


def purge(work: Work, now: datetime) -> int:
    """Do one batch of every rule; return how many rows that was."""
    return sum(forget(work, one, now) for one in RULES)


def forgotten_by(table: str, keep: str) -> str | None:
    """Return what forgets a column of a table that says this of itself; None if nothing does."""
    if keep in ELSEWHERE:
        return ELSEWHERE[keep]
    if table in KEEPER:
        return KEEPER[table]
    names = [one.name for one in RULES if table in one.tables and keep in one.keeps]
    return f"rule: {', '.join(names)}" if names else None
