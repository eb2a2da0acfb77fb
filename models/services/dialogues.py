"""Where dialogues stand, read and written on the path of each keypress: two statements, no ORM.

The statements go to the driver as they are, because SQLAlchemy's own layers would cost more than
the database does (bench/keypress.py). ``turn`` guards the row: whoever took the answer wrote it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.exc import OperationalError

from flows.words import State
from models.db import Store, Work
from models.seal import Transit
from models.turns import in_turn

RESUME = timedelta(minutes=30)  # product 3.1: offered again for half an hour
KEPT = timedelta(hours=24)

COLUMNS = "turn, contact, person_id, sender_sealed, sealed, over"
LOAD = f"SELECT {COLUMNS} FROM conversation WHERE key = ?"  # noqa: S608 no value in it
INSERT = (
    "INSERT INTO conversation (turn, sealed, over, resumable, updated_at, due_at, sender_sealed,"
    " contact, person_id, key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING"
)
# Who speaks is left alone: it cannot change, or the keeper has just filled it in. Only a dialogue
# by SMS lets its sender go, when no question is open.
CHANGES = "turn = ?, sealed = ?, over = ?, resumable = ?, updated_at = ?, due_at = ?"
UPDATE = f"UPDATE conversation SET {CHANGES} WHERE key = ? AND turn = ?"  # noqa: S608
UPDATE_SMS = f"UPDATE conversation SET {CHANGES}, sender_sealed = ? WHERE key = ? AND turn = ?"  # noqa: S608
ENCODE = json.JSONEncoder(separators=(",", ":")).encode  # built once: json.dumps builds it anew
# Who it is and the language remembered of the phone, in one question.
_KNOWN = (
    "(SELECT id FROM person WHERE pseudonym = {0} AND revoked_at IS NULL"
    " AND blocked_at IS NULL ORDER BY id LIMIT 1),"
    " (SELECT language FROM contact WHERE pseudonym = {0})"
)
KNOWN = f"SELECT {_KNOWN.format('?')}"
KNOWN_BY_ROW = text(
    f"SELECT heard.id, {_KNOWN.format('heard.contact')}"  # noqa: S608 no value in it
    " FROM inbound_message heard WHERE heard.id IN :rows"
).bindparams(bindparam("rows", expanding=True))

Known = tuple[int | None, str | None]  # row id of a registered person, and the phone's language
DROPPED = (
    "SELECT sealed FROM conversation WHERE contact = ? AND resumable = ? AND updated_at > ?"
    " ORDER BY updated_at DESC LIMIT 1"
)
LATEST = (
    "SELECT key FROM conversation WHERE contact = ? AND key LIKE ? AND updated_at > ?"
    " ORDER BY updated_at DESC LIMIT 1"
)
PUT_ASIDE = "UPDATE conversation SET key = ? WHERE key = ? AND turn = ?"
FORGET_DROPPED = (
    "UPDATE conversation SET resumable = ?, due_at = NULL WHERE contact = ? AND resumable = ?"
    " AND key <> ?"
)


class TakenMeanwhile(Exception):
    """Another request took this answer first: load again and show what it showed."""


@dataclass(frozen=True, slots=True, repr=False)
class Dialogue:
    """One dialogue: ``consumed`` is the text already answered, ``screen`` the last one shown.

    ``asked`` are the questions open to a registered person (models/services/commanding.py).
    """

    key: str
    turn: int
    contact: str | None
    person_id: int | None
    sender_sealed: bytes | None
    state: State
    consumed: str
    screen: str
    over: bool
    resumable: bool = False
    due_at: datetime | None = None
    asked: tuple[dict[str, Any], ...] = ()


class Dialogues:
    """The conversation rows of one store, on a connection that commits each statement by itself."""

    def __init__(self, store: Store, transit: Transit) -> None:
        self._store = store
        self._sqlite = store.is_sqlite
        self._transit = transit

    def load(self, key: str) -> Dialogue | None:
        """Return the dialogue of this key as last committed."""
        row = self._one(LOAD, (key,))
        return None if row is None else self._opened(key, row)

    def load_in(self, work: Work, key: str) -> Dialogue | None:
        """Return the same inside a unit of work."""
        row = work.session.connection().exec_driver_sql(self._spelt(LOAD), (key,)).fetchone()
        return None if row is None else self._opened(key, row)

    def save(self, dialogue: Dialogue, now: datetime) -> None:
        """Write the turn just taken. Raises TakenMeanwhile if another request took it first."""
        sql, values = self._write(dialogue, now)
        with self._store.keypress_cursor() as cursor, in_turn(self._store.url):
            cursor.execute(self._spelt(sql), values)
            if cursor.rowcount != 1:
                raise TakenMeanwhile

    def save_in(self, work: Work, dialogue: Dialogue, now: datetime) -> None:
        """Write the turn together with what it accepted. Raises TakenMeanwhile."""
        sql, values = self._write(dialogue, now)
        done = work.session.connection().exec_driver_sql(self._spelt(sql), values)
        if done.rowcount != 1:
            raise TakenMeanwhile

    def known(self, contact: str) -> Known:
        """Return the row id of the registered person with this pseudonym, and its language."""
        row = self._one(KNOWN, (contact, contact))
        return (None, None) if row is None else (row[0], row[1])

    def known_by_row(self, work: Work, rows: Sequence[int]) -> dict[int, Known]:
        """Return the same for these rows of the inbox, by their ids."""
        found = work.session.execute(KNOWN_BY_ROW, {"rows": list(rows)})
        return {row_id: (person_id, language) for row_id, person_id, language in found}

    def known_in(self, work: Work, contact: str) -> Known:
        """Return the same inside a unit of work, which may have changed it."""
        work.session.flush()
        found = work.session.connection().exec_driver_sql(self._spelt(KNOWN), (contact, contact))
        row = found.one()
        return row[0], row[1]

    def dropped(self, contact: str, now: datetime) -> dict[str, Any] | None:
        """Return the state of a dialogue this contact dropped within the last half hour."""
        row = self._one(DROPPED, (contact, True, self._stamp(now - RESUME)))
        if row is None:
            return None
        state: dict[str, Any] = json.loads(self._transit.unwrap(bytes(row[0])))["state"]
        offered: dict[str, Any] = state["answers"].get("dropped", state)
        return offered

    def latest(self, contact: str, beginning: str, since: datetime) -> str | None:
        """Return the key of this contact's last dialogue whose key begins so (no _ and no % in it).

        None when its last step is no later than ``since``.
        """
        row = self._one(LATEST, (contact, f"{beginning}%", self._stamp(since)))
        return None if row is None else str(row[0])

    def let_go(self, contact: str, heir: str) -> None:
        """Let go of what this contact dropped, once the dialogue ``heir`` offers it."""
        with self._store.keypress_cursor() as cursor:
            cursor.execute(self._spelt(FORGET_DROPPED), (False, contact, True, heir))

    def put_aside(self, dialogue: Dialogue, serial: str) -> None:
        """Give a dialogue another name, because its own is that of a new one now."""
        with self._store.keypress_cursor() as cursor:
            values = (f"{dialogue.key}:{serial}", dialogue.key, dialogue.turn)
            cursor.execute(self._spelt(PUT_ASIDE), values)

    def _write(self, dialogue: Dialogue, now: datetime) -> tuple[str, tuple[Any, ...]]:
        blob = {
            "state": dialogue.state.to_json(),
            "consumed": dialogue.consumed,
            "screen": dialogue.screen,
            **({"asked": dialogue.asked} if dialogue.asked else {}),
        }
        changes = (
            dialogue.turn + 1,
            self._transit.wrap(ENCODE(blob)),
            dialogue.over,
            dialogue.resumable,
            self._stamp(now),
            None if dialogue.due_at is None else self._stamp(dialogue.due_at),
        )
        sender, key = dialogue.sender_sealed, dialogue.key
        if dialogue.turn == 0:
            return INSERT, (*changes, sender, dialogue.contact, dialogue.person_id, key)
        if key.startswith("sms:"):
            return UPDATE_SMS, (*changes, sender, key, dialogue.turn)
        return UPDATE, (*changes, key, dialogue.turn)

    def _opened(self, key: str, row: Sequence[Any]) -> Dialogue:
        turn, contact, person_id, sender_sealed, sealed, over = row
        kept = json.loads(self._transit.unwrap(bytes(sealed)))
        return Dialogue(
            key,
            turn,
            contact,
            person_id,
            sender_sealed,
            State.from_json(kept["state"]),
            kept["consumed"],
            kept["screen"],
            bool(over),
            asked=tuple(kept.get("asked", ())),
        )

    def _stamp(self, at: datetime) -> Any:
        """Return a time as the column holds it: SQLite has text without zone."""
        return at.isoformat(" ", "microseconds")[:26] if self._sqlite else at

    def _spelt(self, sql: str) -> str:
        return sql if self._sqlite else sql.replace("?", "%s")

    def _one(self, sql: str, values: tuple[Any, ...]) -> Sequence[Any] | None:
        try:
            return self._asked(sql, values)
        except OperationalError as error:
            if not error.connection_invalidated:
                raise
            # A link cut while nobody used it shows at the first question: ask over a new one.
            return self._asked(sql, values)

    def _asked(self, sql: str, values: tuple[Any, ...]) -> Sequence[Any] | None:
        with self._store.keypress_cursor() as cursor:
            cursor.execute(self._spelt(sql), values)
            row: Sequence[Any] | None = cursor.fetchone()
            return row
