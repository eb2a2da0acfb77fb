"""A right code and a wrong one, from any phone: as long for the one as for the other (T8).

2,000 tries on each engine of six digits, and as many of twelve, through the service and a real
keeper; each phone tries four right ones and four wrong ones a day. Promised: within 5 ms at the
95th place.

Run: python -m bench.receipts [sqlite] [postgresql]
"""

import sys

from bench import _apart
from tests.factories import Stage

TRIES = 2000
EACH = 4  # a phone may be wrong five times a day
PHONES = TRIES // 2 // EACH
A_DAY = 400  # wrong codes of twelve digits, together, well below the limit of all phones


def main() -> None:
    """Print the table; exit 1 if the promise is broken."""
    _apart.heading("right", "wrong")
    kept = []
    for name in _apart.engines():
        with _apart.programme(name) as stage:
            kept += compare(name, stage)
    sys.exit(not all(kept))


def compare(name: str, stage: Stage) -> list[bool]:
    phones = [f"+2237000{number}" for number in range(5000, 5000 + PHONES)]
    given = [stage.files(phone) for phone in phones]
    short = [one["c6"].replace(" ", "") for one in given]
    long = [(one["c6"] + one["c6b"]).replace(" ", "") for one in given]

    def six(number: int) -> object:
        return stage.follows(short[number % PHONES], phones[number % PHONES])

    def six_wrong(number: int) -> object:
        code = f"{(int(short[number % PHONES]) + 1) % 1_000_000:06d}"
        return stage.follows(code, phones[number % PHONES])

    def twelve(number: int) -> object:
        stage.later(days=number % A_DAY == 0)
        return stage.follows(long[number % PHONES], phones[number % PHONES])

    def twelve_wrong(number: int) -> object:
        return stage.follows("482173061549", phones[number % PHONES])

    return [
        _apart.apart(f"{name}, six digits", six, six_wrong, TRIES),
        _apart.apart(f"{name}, twelve digits", twelve, twelve_wrong, TRIES),
    ]


if __name__ == "__main__":
    main()
