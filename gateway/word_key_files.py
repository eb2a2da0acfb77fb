"""The keys of words as lines of a file: they leave this machine apart, because they die sooner."""

import json
from base64 import b64decode, b64encode
from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import select

from models.case import Story
from models.db import Work
from models.services import erasures
from models.word_keys import WordKey, WordKeys, batches


def lines(words: WordKeys) -> Iterator[bytes]:
    """Return one line a key: of which words, under which class key, and the wrapped key."""
    for one in words.all():
        fields = {"words": one.name, "key": one.key_id, "wrapped": b64encode(one.wrapped).decode()}
        yield json.dumps(fields).encode() + b"\n"


def put_back(
    work: Work, words: WordKeys, found: Iterable[bytes], erased: Collection[str] = ()
) -> int:
    """Keep the keys of words that are in this database; return how many.

    A key whose story is not here, or is another one of the same id, is passed over, and so is one
    that was ``erased`` since.
    """
    count = 0
    for batch in batches(_key(line) for line in found):
        here = _here(work, [one.name for one in batch]) - set(erased)
        kept = [one for one in batch if one.name in here]
        words.put(kept)
        count += len(kept)
    return count


def drop_strangers(work: Work, words: WordKeys) -> int:
    """Destroy the keys of words that are not in this database: whoever erased them cannot say so.

    Returns how many.
    """
    count = 0
    for batch in batches(words.all()):
        names = {one.name for one in batch}
        gone = names - _here(work, names)
        words.destroy(gone)
        count += len(gone)
    return count


def _here(work: Work, names: Collection[str]) -> set[str]:
    ids = {int(name.partition(":")[0]) for name in names}
    rows = work.session.execute(select(Story.id, Story.at).where(Story.id.in_(ids)))
    return {erasures.name(row.id, row.at) for row in rows} & set(names)


def _key(line: bytes) -> WordKey:
    said = json.loads(line)
    return WordKey(said["words"], said["key"], b64decode(said["wrapped"]))
