"""What the law gives a person over what is kept, where no screen of a phone offers it.

On the phone one reads the answer, adds words and stops everything, by the receipt (follow_up.py);
here whoever holds the long receipt has a case erased that is answered or closed already.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from flows import numbers
from flows.case_lifecycle import allows
from flows.readers import without_numbers
from models.case import Case
from models.db import Job, Work
from models.privacy_note import PrivacyNote
from models.services import alerts, audit, cases, guessing, stories
from models.services.scene import House

KINDS = ("authority", "person", "incident", "rule")
LONGEST = 400
ACTOR = Job("own data")  # who operates the service sees no compartment, and may erase one
HERE = "console"  # one more place from which codes are guessed, as seldom as from a phone


def erase(work: Work, house: House, code: str, now: datetime) -> None:
    """Erase words and speaker of the case that twelve digits open. Raises KeeperAway.

    What they open, and whether they open anything, is told to nobody.
    """
    guess = guessing.begin(work, HERE, now, anywhere=True)
    if guess is None or len(code) != numbers.LONG_RECEIPT or not numbers.is_receipt(code):
        return
    _, long = house.keeper.digests(None, code)
    found = select(Case).where(Case.receipt_long == long, Case.receipt_long.is_not(None))
    case = work.session.scalar(found.with_for_update(of=Case))
    if case is None:
        guessing.wrong(work, guess)
        return
    guessing.right(work, guess)
    audit.note(work, audit.about_case("erase", case, "asked"), now)
    if allows(case.kind, case.status, "withdrawn"):
        alerts.withdraw(work, case, now)
        return
    stories.erase(work, case)
    cases.forget_speaker(work, case, now)
    cases.record(work, case, "erased", now)


def note(work: Work, kind: str, words: str, now: datetime) -> PrivacyNote:
    """Write down that somebody asked, that something went wrong, or why a rule is as it is."""
    said = without_numbers(words)[:LONGEST]
    row = PrivacyNote(at=now, kind=kind, by=str(work.actor), words=said)
    work.session.add(row)
    work.session.flush()
    return row


def notes(work: Work) -> Sequence[PrivacyNote]:
    """Return all notes, the oldest first."""
    return work.session.scalars(select(PrivacyNote).order_by(PrivacyNote.id)).all()
