"""Versions of the routing policy: proposed by one person, put in force by another."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

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
from models.services.programme import put_setting, setting

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


def versions(work: Work) -> Sequence[PolicyVersion]:
    """Return every version there is, the newest first."""
    return work.session.scalars(select(PolicyVersion).order_by(PolicyVersion.id.desc())).all()


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


def is_followed(work: Work, one: PolicyVersion) -> bool:
    """Tell whether a version is the one in force."""
    return one.activated_at is not None and setting(work, SETTING) == digest_of(one.text)
