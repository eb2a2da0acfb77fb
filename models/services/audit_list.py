"""What may be seen of the audit log: who did what, never a word of any case.

The operator sees nothing of C5 to C7, as everywhere at the command line. An auditor sees all but
what is about their own organisation. Nobody else sees any of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from models.account import Account
from models.audit import AuditEntry, AuditLink
from models.case import Subject
from models.db import Job, Operator, Overseer, Work
from models.organisation import Organisation
from models.person import Person
from models.services.audit import CASE, COMPARTMENT

AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which entries are wanted: the ``last`` of those since then, by that actor, of that act.

    ``number`` is of an item or a person; ``before`` the row that a page further back ends before.
    """

    since: datetime | None = None
    until: datetime | None = None
    actor: str | None = None
    act: str | None = None
    number: str | None = None
    before: int | None = None
    last: int = 100

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return them as the database is asked."""
        found = []
        if self.since is not None:
            found.append(AuditEntry.at >= self.since)
        if self.until is not None:
            found.append(AuditEntry.at < self.until)
        if self.before is not None:
            found.append(AuditEntry.id < self.before)
        for column, wanted in (
            (AuditEntry.actor, self.actor),
            (AuditEntry.act, self.act),
            (AuditEntry.number, self.number),
        ):
            if wanted is not None:
                found.append(column == wanted)
        return found


def entries(work: Work, asked: Asked) -> Sequence[AuditEntry]:
    """Return what whoever works may see of what is asked, the newest last."""
    wanted = select(AuditEntry).where(_visible(work), *asked.conditions())
    newest = wanted.order_by(AuditEntry.id.desc()).limit(asked.last)
    return work.session.scalars(newest).all()[::-1]


def head(work: Work) -> AuditLink | None:
    """Return the last link of the chain: it tells nothing but whether the rest is whole."""
    return work.session.scalar(select(AuditLink).order_by(AuditLink.position.desc()).limit(1))


def _visible(work: Work) -> ColumnElement[bool]:
    match work.actor:
        case Job():
            return true()
        case Operator():
            return AuditEntry.about != COMPARTMENT
        case Overseer(account_id=account_id, role=role) if role == AUDITOR:
            account = work.session.get(Account, account_id)
            if account is None or account.revoked_at is not None:
                return false()
            return _not_about(work, account.organisation_id)
        case _:
            return false()


def _not_about(work: Work, organisation: str | None) -> ColumnElement[bool]:
    """Leave out the cases an organisation, its centre or its people are the subject of."""
    body = None if organisation is None else work.session.get(Organisation, organisation)
    if body is None:
        return true()
    people = select(Person.number).where(Person.organisation_id == body.id)
    theirs = or_(
        and_(Subject.kind == "organisation", Subject.ref == body.id),
        and_(Subject.kind == "facility", Subject.ref == body.facility_id),
        and_(Subject.kind == "person", Subject.ref.in_(people)),
    )
    cases = select(Subject.case_id).where(theirs)
    return or_(
        AuditEntry.about.not_in((CASE, COMPARTMENT)),
        AuditEntry.row_id.is_(None),
        AuditEntry.row_id.not_in(cases),
    )
