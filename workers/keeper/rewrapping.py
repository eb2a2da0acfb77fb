"""Brings everything under the newest keys, and destroys those that nothing needs any more."""

import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, select, update
from sqlalchemy.orm import InstrumentedAttribute

from models import key_rotation
from models.case import Case, CaseKey
from models.conversation import Conversation
from models.db import Job, Store, Work
from models.errors import SealBroken
from models.inbound import InboundMessage
from models.outbound import OutboundMessage
from models.person import Person
from models.seal import KEY_ID_BYTES
from models.services import renaming
from models.slip import Slip
from models.vault import Vault
from models.word_keys import batches
from workers.keeper.naming import NamingVault

ACTOR = Job("keeper")
AT_ONCE = 200

log = logging.getLogger(__name__)

Sealed = InstrumentedAttribute[bytes | None]
# Where numbers and receipts are kept, sealed; beside the key of its table.
SEALED: tuple[tuple[InstrumentedAttribute[Any], Sealed], ...] = (
    (Person.id, Person.phone_sealed),
    (Case.id, Case.address),
    (Case.id, Case.sender_sealed),
    (Case.id, Case.receipt_sealed),
    (Conversation.key, Conversation.sender_sealed),
    (InboundMessage.id, InboundMessage.sender_sealed),
    (OutboundMessage.id, OutboundMessage.address),
    (Slip.id, Slip.receipt_sealed),
)


class Rewrapper:
    """What is left to do after a rotation. Doing it twice is harmless; mostly there is nothing."""

    def __init__(self, store: Store, vault: Vault, keys: Path) -> None:
        self._store = store
        self._vault = vault
        self._keys = keys

    def go(self, now: datetime) -> None:
        """Change what is under older keys, and destroy those that are over."""
        if self._vault.older("addresses"):
            for key, sealed in SEALED:
                self._reseal(key, sealed)
        if key_rotation.older(self._keys, "stories"):
            self._rewrap()
        if len(self._vault.peppers) > 1:
            self._name_people()
        gone = [*self._retired("addresses", now), *self._retired("stories", now)]
        gone += self._retired_peppers(now)
        if gone:
            self._vault.reload()
            log.warning("old keys destroyed", extra={"count": len(gone)})

    def _rewrap(self) -> None:
        newest = self._vault.current("stories").hex()
        for batch in batches(one for one in self._vault.words.all() if one.key_id != newest):
            changed = []
            for one in batch:
                try:
                    changed.append((one, self._vault.rewrapped(one.key_id, one.wrapped)))
                except SealBroken:
                    continue  # said where somebody wants to read it
            self._vault.words.change(changed)

    def _reseal(self, key: InstrumentedAttribute[Any], sealed: Sealed) -> None:
        rows, last = True, None
        while rows:
            with self._store.work(ACTOR) as work:
                asked = select(key, sealed).where(_under_another(sealed, self._vault))
                after = asked if last is None else asked.where(key > last)
                found = work.session.execute(after.order_by(key).limit(AT_ONCE)).all()
                for row_key, value in found:
                    self._reseal_one(work, (key, row_key), (sealed, value))
                rows, last = bool(found), found[-1][0] if found else None

    def _reseal_one(
        self,
        work: Work,
        row: tuple[InstrumentedAttribute[Any], Any],
        held: tuple[Sealed, bytes],
    ) -> None:
        (key, row_key), (sealed, value) = row, held
        try:
            again = self._vault.resealed(value)
        except SealBroken:
            return  # said each round where it waits for its name
        work.session.execute(
            update(sealed.class_)
            .where(key == row_key, sealed == value)
            .values({sealed.key: again})
            .execution_options(synchronize_session=False)
        )

    def _name_people(self) -> None:
        """Meet everybody whose phone we keep, as if they had written."""
        newest = self._vault.peppers[0].name
        known = and_(Person.phone_sealed.is_not(None), Person.pseudonym.is_not(None))
        asked = select(Person.phone_sealed).where(known, ~Person.pseudonym.startswith(newest))
        with self._store.reading(ACTOR) as work:
            phones = work.session.scalars(asked).all()
        for phone in phones:
            try:
                self._vault.pseudonym(self._vault.number(phone or b""))
            except SealBroken:
                continue

    def _retired(self, kind: str, now: datetime) -> list[str]:
        is_used: dict[str, Callable[[str], bool]] = {
            "addresses": self._holds_address,
            "stories": self._holds_words,
        }
        return key_rotation.retire(self._keys, kind, is_used[kind], now)

    def _retired_peppers(self, now: datetime) -> list[str]:
        names = [one.name for one in self._vault.peppers]

        def is_needed(place: int) -> bool:
            others = [name for name in names if name]
            with self._store.reading(ACTOR) as work:
                return renaming.is_named(work, names[place], others)

        gone = key_rotation.retire_peppers(self._keys, is_needed, now)
        if gone and len(gone) == len(names) - 1 and isinstance(self._vault, NamingVault):
            self._vault.forget()
        return gone

    def _holds_address(self, key_id: str) -> bool:
        with self._store.reading(ACTOR) as work:
            return any(
                work.session.scalar(
                    select(exists().where(_begins(sealed) == bytes.fromhex(key_id)))
                )
                for _, sealed in SEALED
            )

    def _holds_words(self, key_id: str) -> bool:
        with self._store.reading(ACTOR) as work:
            waits = work.session.scalar(select(exists().where(CaseKey.key_id == key_id)))
        return bool(waits) or any(one.key_id == key_id for one in self._vault.words.all())


def _under_another(sealed: Sealed, vault: Vault) -> ColumnElement[bool]:
    return and_(sealed.is_not(None), _begins(sealed) != vault.current("addresses"))


def _begins(sealed: Sealed) -> ColumnElement[bytes]:
    return func.substr(sealed, 1, KEY_ID_BYTES)
