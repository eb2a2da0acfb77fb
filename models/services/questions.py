"""One question to the speaker of an item that stays open. It leaves as an answer does.

``Story.status`` says where it stands: leaving (it may be taken back), asked (it left and waits),
replied (words came since, and nobody answered or asked again), kept (over).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import select

from models.case import Case, Story
from models.db import Work
from models.services import messages

QUESTION = "question"  # Story.what
ASKED, REPLIED = "asked", "replied"
WAITING = ("leaving", ASKED)


class Said(Protocol):
    """Words of a case as they stand, without what they say."""

    what: str
    status: str


def is_waiting(said: Said) -> bool:
    """Tell whether these words are a question that leaves soon or waits for words."""
    return said.what == QUESTION and said.status in WAITING


def waiting(work: Work, case: Case) -> Story | None:
    """Return the question that leaves soon or waits for words: one at a time."""
    return next(iter(_standing(work, case, *WAITING)), None)


def asked(work: Work, case: Case) -> Story | None:
    """Return the question that waits for words of its speaker."""
    return next(iter(_standing(work, case, ASKED)), None)


def ask(work: Work, case: Case, story: Story, now: datetime) -> None:
    """Let a question wait for its speaker; what was said to the one before is dealt with."""
    end(work, case, now)
    story.status = ASKED


def replied(work: Work, case: Case, now: datetime) -> dict[str, int]:
    """Take words that were just said for what was asked, if anything was: its row id, as details.

    Which words answer it nobody can tell: any that come after it are read with it.
    """
    story = asked(work, case)
    if story is None:
        return {}
    story.status = REPLIED
    _withhold(work, case, now)
    return {"question": story.id}


def end(work: Work, case: Case, now: datetime) -> None:
    """Let no question of a case wait any more, nor what was said to it for a handler."""
    for story in _standing(work, case, ASKED, REPLIED):
        story.status = "kept"
        _withhold(work, case, now)


def _standing(work: Work, case: Case, *statuses: str) -> Sequence[Story]:
    asked = select(Story).where(
        Story.case_id == case.id, Story.what == QUESTION, Story.status.in_(statuses)
    )
    return work.session.scalars(asked.order_by(Story.id)).all()


def _withhold(work: Work, case: Case, now: datetime) -> None:
    """Keep back the text that says a message waits: by night it is still to leave."""
    messages.withhold(work, case.id, ("answer_ready",), "question over", now)
