"""Answers and questions written often: kept by topic and language, offered where they fit."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib import resources

from sqlalchemy import func, literal, or_, select

from flows.promises import promised
from flows.readers import without_numbers
from flows.yaml_files import read_yaml
from models.db import Work
from models.triage import AnswerTemplate

LONGEST, LONGEST_NAME = 480, 60
BLANK = "["  # how a place begins that whoever answers fills in
OFFERED = 30


class TemplateRefused(ValueError):
    """It cannot be offered: ``why`` says it in one word, ``about`` which words are meant."""

    def __init__(self, why: str, about: str = "") -> None:
        super().__init__(why)
        self.why, self.about = why, about


def offered(work: Work, category: str, language: str) -> Sequence[AnswerTemplate]:
    """Return the answers that fit a topic, the nearest first, its language before French."""
    fits = literal(category).startswith(AnswerTemplate.category)
    asked = select(AnswerTemplate).where(
        AnswerTemplate.retired_at.is_(None),
        or_(AnswerTemplate.category == "", fits),
        AnswerTemplate.language.in_({language, "fr"}),
    )
    nearest = (
        (AnswerTemplate.language != language),
        func.length(AnswerTemplate.category).desc(),
        AnswerTemplate.name,
    )
    return work.session.scalars(asked.order_by(*nearest).limit(OFFERED)).all()


def is_question(row: AnswerTemplate) -> bool:
    """Tell whether a template asks the speaker something: what it ends with says so."""
    return row.text.rstrip().endswith("?")


def live(work: Work) -> Sequence[AnswerTemplate]:
    """Return all that are offered, by topic."""
    asked = select(AnswerTemplate).where(AnswerTemplate.retired_at.is_(None))
    by = (AnswerTemplate.category, AnswerTemplate.language, AnswerTemplate.name)
    return work.session.scalars(asked.order_by(*by)).all()


def add(work: Work, row: AnswerTemplate, now: datetime) -> None:
    """Offer an answer from now on. Raises TemplateRefused for what no answer may hold."""
    found = promised(row.text, row.language)
    if found:
        raise TemplateRefused("promise", found[0])
    if without_numbers(row.text) != row.text:
        raise TemplateRefused("number")
    row.by, row.written_at = str(work.actor), now
    work.session.add(row)
    work.session.flush()


def retire(work: Work, template_id: int, now: datetime) -> bool:
    """Offer an answer no longer; False if it is not offered."""
    row = work.session.get(AnswerTemplate, template_id)
    if row is None or row.retired_at is not None:
        return False
    row.retired_at = now
    return True


def seed(work: Work, now: datetime) -> int:
    """Add the answers that a programme begins with, but those it ever had; return how many."""
    had = set(work.session.execute(select(AnswerTemplate.language, AnswerTemplate.name)).all())
    new = [one for one in first() if (one["language"], one["name"]) not in had]
    for one in new:
        add(work, AnswerTemplate(**one), now)
    return len(new)


@cache
def first() -> Sequence[Mapping[str, str]]:
    """Return the answers that come with the service (flows/answers.yaml)."""
    said = (resources.files("flows") / "answers.yaml").read_text(encoding="utf-8")
    return tuple(read_yaml(said))


def left_blank(text: str) -> str | None:
    """Return the first place of a template that nobody filled in; None if there is none."""
    begins = text.find(BLANK)
    ends = text.find("]", begins)
    return text[begins : ends + 1] if 0 <= begins < ends else None
