"""Keeps what was agreed to with the words that asked, and whether a phone has heard the notice."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, update

from flows.consents import ASKED, NOTICES, version_of, words_of
from flows.words import Flows
from models.case import Case
from models.consent import Consent, Wording
from models.conversation import Contact
from models.db import Work
from models.referral import Referral
from models.services.scene import Scene
from models.services.upsert import insert

NOTICE_LASTS = timedelta(days=365)  # then it is told again
ALOUD = frozenset({"relay", "operator", "voice"})  # roads on which no language is known to us
SILENT = frozenset({"operator", "voice"})  # nor were words of ours shown or read out

Item = Case | Referral


class _Way(NamedTuple):
    """By which road it was said, and the conversations whose words asked."""

    road: str
    flows: Flows


def agree(work: Work, scene: Scene, item: Item, what: str, answers: Mapping[str, Any]) -> None:
    """Keep a yes given on a screen or in a text, in the language of that dialogue."""
    if scene.is_written and what == "call":
        what = "written_call"
    _keep(work, scene, item, what, _Way(scene.kind, spoken(scene, answers)))


def agree_aloud(work: Work, scene: Scene, item: Item, what: str, road: str) -> None:
    """Keep a yes given to a person or by a beep: nobody knows in which language it was asked."""
    _keep(work, scene, item, what, _Way(road, scene.house.flows))


def take_back(work: Work, item: Item, now: datetime, what: str | None = None) -> None:
    """Remember that a yes was taken back; all of them without ``what``. Twice is harmless."""
    mine: list[ColumnElement[bool]] = [Consent.withdrawn_at.is_(None)]
    mine.append(
        Consent.case_id == item.id if isinstance(item, Case) else Consent.referral_id == item.id
    )
    mine += [Consent.what == what] if what else []
    work.session.execute(
        update(Consent)
        .where(*mine)
        .values(withdrawn_at=now)
        .execution_options(synchronize_session=False)
    )


def heard_notice(work: Work, scene: Scene, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a contact's row says of the notice that was told on this road just now."""
    version = _version(work, spoken(scene, answers), NOTICES[scene.kind])
    return {"notice": version, "notice_at": scene.now}


def notice_due(work: Work, scene: Scene) -> str:
    """Return the notice if this phone has not heard it for a year, and note that it was told."""
    contact = scene.contact
    if contact is None or scene.kind not in NOTICES:
        return ""
    row = work.session.get(Contact, contact)
    if row is not None and row.notice_at and row.notice_at > scene.now - NOTICE_LASTS:
        return ""
    kept = {**heard_notice(work, scene, {}), "seen_at": scene.now}
    work.session.execute(
        insert(work, Contact)
        .values(pseudonym=contact, **kept)
        .on_conflict_do_update(index_elements=["pseudonym"], set_=kept)
    )
    return words_of(spoken(scene, {}), NOTICES[scene.kind])


def spoken(scene: Scene, answers: Mapping[str, Any]) -> Flows:
    """Return the conversations in the language of this dialogue."""
    return scene.house.speaking(str(answers.get("language") or scene.language), scene.channel)


def _keep(work: Work, scene: Scene, item: Item, what: str, way: _Way) -> None:
    of_case = isinstance(item, Case)
    work.session.add(
        Consent(
            case_id=item.id if of_case else None,
            referral_id=None if of_case else item.id,
            what=what,
            version=None if way.road in SILENT else _version(work, way.flows, ASKED[what]),
            language=None if way.road in ALOUD else way.flows.language,
            road=way.road,
            at=scene.now,
        )
    )
    work.session.flush()


def _version(work: Work, flows: Flows, at: str) -> str:
    words = words_of(flows, at)
    version = version_of(words)
    row = {"version": version, "words": words}
    work.session.execute(
        insert(work, Wording).values(**row).on_conflict_do_nothing(index_elements=["version"])
    )
    return version
