"""Versions of the routing policy: proposed by one person, put in force by another."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import aliased

from flows.policy import DEFAULT
from flows.proposed_policy import proposed
from models.account import Account
from models.db import Work
from models.errors import NotFound, StoreError
from models.paperwork import PolicyVersion
from models.person import Hat
from models.services import outside, policy_in_force
from models.services.audit import Mark, note
from models.services.policy_in_force import SETTING, digest_of, in_force
from models.services.programme import put_setting

LONGEST_NOTE = 200
SUPERVISOR = "cell_supervisor"


class PolicyRefused(StoreError):
    """What was asked of a version cannot be; ``why`` is same, unchanged, stale or no_outside."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def text_in_force(work: Work) -> str:
    """Return the policy in force, as it was written."""
    version = policy_in_force.newest(work)
    return DEFAULT.read_text(encoding="utf-8") if version is None else version.text


def text_before(work: Work, one: PolicyVersion) -> str:
    """Return what a version replaced, or would replace."""
    if one.activated_at is None:
        return text_in_force(work)
    order = (PolicyVersion.activated_at.desc(), PolicyVersion.id.desc())
    earlier = (PolicyVersion.activated_at < one.activated_at, PolicyVersion.id != one.id)
    asked = select(PolicyVersion.text).where(*earlier).order_by(*order).limit(1)
    found = work.session.scalar(asked)
    return DEFAULT.read_text(encoding="utf-8") if found is None else found


@dataclass(frozen=True, slots=True)
class Told:
    """One version as the history shows it; ``state`` is proposed, active or past."""

    id: int
    note: str
    state: str
    first: str
    second: str | None
    proposed_at: datetime
    activated_at: datetime | None


def history(work: Work) -> list[Told]:
    """Return every version there is, the newest first."""
    rows = work.session.execute(_TOLD.order_by(PolicyVersion.id.desc())).all()
    newest = policy_in_force.newest(work)
    return [_told(row, None if newest is None else newest.id) for row in rows]


def told_of(work: Work, one: PolicyVersion) -> Told:
    """Return one version as the history shows it."""
    newest = policy_in_force.newest(work)
    row = work.session.execute(_TOLD.where(PolicyVersion.id == one.id)).one()
    return _told(row, None if newest is None else newest.id)


def since(work: Work) -> Told | None:
    """Return the version in force; None while it is the one of the service."""
    newest = policy_in_force.newest(work)
    return None if newest is None else told_of(work, newest)


def version(work: Work, version_id: int) -> PolicyVersion:
    """Return one version. Raises NotFound."""
    found = work.session.get(PolicyVersion, version_id)
    if found is None:
        raise NotFound(f"no version {version_id}")
    return found


def propose(work: Work, text: str, why: str, by: int, now: datetime) -> PolicyVersion:
    """Propose a policy, by an account's row id; the same text twice is one proposal.

    Raises PolicyWrong with every mistake, and PolicyRefused for what is in force already.
    """
    text = "\n".join(text.splitlines()).rstrip() + "\n"
    proposed(text, in_force(work))
    if digest_of(text) == digest_of(text_in_force(work)):
        raise PolicyRefused("unchanged")
    waiting = (PolicyVersion.activated_at.is_(None), PolicyVersion.text == text)
    same = work.session.scalar(select(PolicyVersion).where(*waiting))
    if same is not None:
        return same
    made = PolicyVersion(text=text, note=why[:LONGEST_NOTE], first_id=by, proposed_at=now)
    work.session.add(made)
    work.session.flush()
    note(work, Mark("propose", "policy", made.id), now)
    return made


def activate(work: Work, version_id: int, by: int, now: datetime) -> PolicyVersion:
    """Put a version in force, by another person than who proposed it; twice is once.

    Raises NotFound, PolicyRefused, and PolicyWrong where it cannot be followed any more.
    """
    in_turn = select(PolicyVersion.id).order_by(PolicyVersion.id).with_for_update()
    work.session.execute(in_turn).all()
    one = version(work, version_id)
    if one.activated_at is not None:
        return one
    if are_same(work, one.first_id, by):
        raise PolicyRefused("same")
    newest = work.session.scalar(select(func.max(PolicyVersion.activated_at)))
    if newest is not None and newest > one.proposed_at:
        raise PolicyRefused("stale")
    if outside.missing(work):
        raise PolicyRefused("no_outside")
    proposed(one.text, in_force(work))
    note(work, Mark("activate", "policy", one.id), now)
    one.second_id, one.activated_at = by, now
    put_setting(work, SETTING, digest_of(one.text))
    return one


def withdraw(work: Work, version_id: int, now: datetime) -> None:
    """Take back a proposal that is not in force. Raises NotFound."""
    one = version(work, version_id)
    if one.activated_at is not None:
        raise NotFound(f"version {version_id} was in force")
    note(work, Mark("withdraw", "policy", one.id), now)
    work.session.delete(one)


def are_same(work: Work, one_id: int, other_id: int) -> bool:
    """Tell whether two accounts are one person's."""
    asked = select(Account.person_id).where(Account.id.in_({one_id, other_id}))
    persons = work.session.scalars(asked).all()
    return one_id == other_id or (None not in persons and len(set(persons)) == 1)


def is_of_the_cell(work: Work, person_id: int | None) -> bool:
    """Tell whether somebody is a supervisor of the cell: they may be the second person."""
    worn = select(Hat.id).where(Hat.person_id == person_id, Hat.function == SUPERVISOR)
    return person_id is not None and work.session.scalar(worn.limit(1)) is not None


_FIRST, _SECOND = aliased(Account), aliased(Account)
_TOLD = (
    select(
        *(PolicyVersion.id, PolicyVersion.note, PolicyVersion.proposed_at),
        PolicyVersion.activated_at,
        _FIRST.email.label("first"),
        _SECOND.email.label("second"),
    )
    .outerjoin(_FIRST, _FIRST.id == PolicyVersion.first_id)
    .outerjoin(_SECOND, _SECOND.id == PolicyVersion.second_id)
)


def _told(row: Row[*tuple[Any, ...]], newest: int | None) -> Told:
    state = "proposed" if row.activated_at is None else "past"
    return Told(
        id=row.id,
        note=row.note,
        state="active" if row.id == newest else state,
        first=row.first or "",
        second=row.second,
        proposed_at=row.proposed_at,
        activated_at=row.activated_at,
    )
