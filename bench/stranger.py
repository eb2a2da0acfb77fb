"""A number that is not theirs to know, and one that nobody has: as long for the one as the other.

Whoever a case is about asks for it by every command of a phone, and for a number that does not
exist, among CASES open ones. Promised: within 5 ms at the 95th place over 2,000 tries (T2).

Run: python -m bench.stranger [sqlite] [postgresql]
"""

import sys

from sqlalchemy import select

from bench import _apart
from flows import numbers
from models.case import Case, ItemNumber, Subject
from models.db import Job
from tests.factories import Stage

TRIES = 2000
CASES = 120
ACCUSED = "P0151"
LINES = ("VOIR {n}", "PRIS {n}", "DIRE {n} merci", "FINI {n} vu", "RENVOI {n}", "NOTE {n} vu")


def main() -> None:
    """Print the table; exit 1 if the promise is broken."""
    _apart.heading("theirs", "none")
    kept = []
    for name in _apart.engines():
        with _apart.programme(name) as stage:
            kept.append(compare(name, stage))
    sys.exit(not all(kept))


def compare(name: str, stage: Stage) -> bool:
    for number in range(CASES):
        stage.files(f"+2237000{5000 + number}", category="17" if number % 3 else "12")
    with stage.store.work(Job("bench")) as work:
        rows = work.session.scalars(select(Case).where(Case.category == "17")).all()
        for case in rows:
            work.session.add(Subject(case_id=case.id, kind="person", ref=ACCUSED))
        about = [case.number for case in rows]
        taken = set(work.session.scalars(select(ItemNumber.number)))
    drawn = (numbers.item_number(stage.house.draw) for _ in range(CASES * 2))
    absent = [one for one in drawn if one not in taken]

    def asks(known: list[str]) -> _apart.Ask:
        def ask(number: int) -> object:
            stage.asked.pop(ACCUSED, None)
            line = LINES[number % len(LINES)]
            return stage.writes(ACCUSED, line.format(n=known[number % len(known)]))

        return ask

    return _apart.apart(f"{name}, every command", asks(about), asks(absent), TRIES)


if __name__ == "__main__":
    main()
