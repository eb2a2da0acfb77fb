"""The keys of words as lines: they leave the database apart, because they must die sooner."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from sqlalchemy import select

from models.case import CaseKey, Story
from models.db import Work

AT_ONCE = 500


def lines(work: Work) -> Iterator[bytes]:
    """Return one line a key: which story, by its id and time, and the wrapped key."""
    asked = select(CaseKey, Story.at).join(Story, Story.id == CaseKey.story_id)
    for key, at in work.session.execute(asked.execution_options(yield_per=AT_ONCE)):
        fields = {
            "story": key.story_id,
            "at": at.isoformat(),
            "case": key.case_id,
            "key": key.key_id,
            "wrapped": b64encode(key.wrapped).decode(),
        }
        yield json.dumps(fields).encode() + b"\n"


def put_back(work: Work, found: Iterable[bytes]) -> int:
    """Give stories that have none their keys again; return how many can be read now.

    A key whose story is not here, or is another one of the same id, is passed over.
    """
    count, left = 0, iter(found)
    while batch := [json.loads(line) for line in islice(left, AT_ONCE)]:
        wanted = select(Story.id, Story.at).where(
            Story.id.in_([one["story"] for one in batch]),
            Story.id.not_in(select(CaseKey.story_id)),
        )
        times = {row.id: row.at for row in work.session.execute(wanted)}
        for one in batch:
            if times.get(one["story"]) == datetime.fromisoformat(one["at"]):
                work.session.add(_key(one))
                count += 1
        work.session.flush()
    return count


def _key(one: dict[str, str]) -> CaseKey:
    return CaseKey(
        story_id=int(one["story"]),
        case_id=int(one["case"]),
        key_id=one["key"],
        wrapped=b64decode(one["wrapped"]),
    )
