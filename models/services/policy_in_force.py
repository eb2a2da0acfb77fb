"""Which routing policy is in force: the newest that was activated, else the one of the service.

Every process keeps the one it saw last. Whoever reads the directory to route reads with it which
one is in force (models/services/routing.py), so that following a new one costs no question more.
"""

import hashlib
import logging

from sqlalchemy import select

from flows.policy import Policy, PolicyWrong, default_policy, load_policy
from models.db import Work
from models.paperwork import PolicyVersion
from models.services.programme import setting

SETTING = "policy"  # digest of the text in force; none = the one of the service

log = logging.getLogger(__name__)
_held: list[tuple[str | None, Policy]] = []  # the one seen last; empty until first asked


def last_seen() -> Policy:
    """Return the policy this process saw last: for what no policy may change, and after a look."""
    return _held[0][1] if _held else follow_default()


def follow_default() -> Policy:
    """Follow the policy that comes with the service."""
    return _hold(None, default_policy())


def follow(work: Work, digest: str | None) -> Policy:
    """Return the policy of this digest, which is the one in force; read it if it is another."""
    if _held and _held[0][0] == digest:
        return _held[0][1]
    return follow_default() if digest is None else _hold(digest, _read(work))


def in_force(work: Work) -> Policy:
    """Return the policy in force: one short question."""
    return follow(work, setting(work, SETTING))


def digest_of(text: str) -> str:
    """Return what tells one text from another."""
    return hashlib.sha256(text.encode()).hexdigest()


def newest(work: Work) -> PolicyVersion | None:
    """Return the version activated last."""
    order = (PolicyVersion.activated_at.desc(), PolicyVersion.id.desc())
    active = select(PolicyVersion).where(PolicyVersion.activated_at.is_not(None))
    return work.session.scalar(active.order_by(*order).limit(1))


def _read(work: Work) -> Policy:
    version = newest(work)
    if version is None:
        return default_policy()
    try:
        return load_policy(version.text, "")
    except PolicyWrong:
        # It was checked before it was activated; a case must find its desk all the same.
        log.error("policy unreadable", extra={"row": version.id})  # noqa: TRY400
        return default_policy()


def _hold(digest: str | None, policy: Policy) -> Policy:
    _held[:] = [(digest, policy)]
    return policy
