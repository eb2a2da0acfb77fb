"""Names numbers and receipts while rows still hold what an older pepper called them."""

from collections.abc import Iterator
from pathlib import Path
from threading import Lock

from nacl.secret import SecretBox

from models.db import Job, Store
from models.keeper_file import KeeperFile
from models.services import renaming
from models.vault import WORDS, Vault, digests

ACTOR = Job("keeper")
FILE = "names.db"


class NamingVault(Vault):
    """A vault beside its database. Whoever is known under an older name is called so until renamed.

    What a contact was called before is kept in a file of the keeper's: digests of receipts were
    made with it. With one pepper, which is nearly always, nobody is asked anything.
    """

    __slots__ = ("_before", "_found", "_guard", "_store")

    def __init__(self, keys: Path, store: Store, lock: SecretBox | None = None) -> None:
        super().__init__(keys, lock)
        self._store = store
        table = "before (name TEXT, old TEXT, PRIMARY KEY (name, old)) WITHOUT ROWID"
        self._before = KeeperFile(keys / WORDS / FILE, table)
        self._guard = Lock()
        self._found: dict[str, list[str]] = {}

    def pseudonym(self, msisdn: str) -> str:
        """Return the name under which this number is known, or shall be."""
        newest, *older = (pepper.digest(msisdn) for pepper in self.peppers)
        if not older:
            return newest
        with self._store.reading(ACTOR) as work:
            known = renaming.held(work, older, renaming.KNOWN)
        if known is None:
            return newest
        with self._guard:
            self._found[newest] = older
        return known

    def digests(self, contact: str | None, receipt: str) -> tuple[str | None, str | None]:
        """Return the digests as rows hold them, or as they shall."""
        short, long = super().digests(contact, receipt)
        if len(self.peppers) == 1:
            return short, long
        older = [one for one in self._candidates(contact, receipt) if one != (short, long)]
        shorts = [one for one, _ in older if one is not None]
        longs = [one for _, one in older if one is not None]
        with self._store.reading(ACTOR) as work:
            short = (renaming.held(work, shorts, renaming.SHORT) if shorts else None) or short
            long = (renaming.held(work, longs, renaming.LONG) if longs else None) or long
        return short, long

    def rename(self) -> list[tuple[str, str]]:
        """Give those who were met under an older name their new one; return (older, new)."""
        with self._guard:
            found, self._found = self._found, {}
        for new, older in found.items():
            # First what they were called, then the rows: their receipts open at every moment.
            self._before.change(
                ("INSERT OR IGNORE INTO before VALUES (?, ?)", [(new, old) for old in older])
            )
            with self._store.work(ACTOR) as work:
                for old in older:
                    renaming.rename(work, old, new)
        return [(old, new) for new, older in found.items() for old in older]

    def forget(self) -> None:
        """Forget what contacts were called before: the peppers that called them so are gone."""
        self._before.change(("DELETE FROM before", [()]))

    def _candidates(
        self, contact: str | None, receipt: str
    ) -> Iterator[tuple[str | None, str | None]]:
        contacts = [contact]
        if contact is not None:
            rows = self._before.read("SELECT old FROM before WHERE name = ?", contact)
            contacts += [old for (old,) in rows]
        for pepper in self.peppers:
            yield from (digests(pepper, one, receipt) for one in contacts)
