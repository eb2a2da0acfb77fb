"""PINs: kept as argon2, tried five times, then after a wait that grows; easy ones are refused."""

from collections.abc import Callable
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from flows.pins import is_trivial
from models.person import Person

TRIES = 5
FIRST_WAIT = timedelta(minutes=1)  # after the fifth wrong PIN; then twice as long each time
LONGEST_WAIT = timedelta(hours=4)  # never for ever: that would be a way to lock somebody out
CHOICES = 10_000

# OWASP's lowest setting for argon2id: four digits gain nothing from more, the gateway would pay.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def give(person: Person, draw: Callable[[int], int], *, temporary: bool) -> str:
    """Give a person a drawn PIN and return it, to be said once: only its hash is kept.

    ``draw(n)`` gives a number from 0 to n-1. ``temporary``: to be changed at the first sign-in.
    """
    pin = f"{draw(CHOICES):04d}"
    while is_trivial(pin, person.phone_ends or ""):
        pin = f"{draw(CHOICES):04d}"
    put(person, pin, temporary=temporary)
    return pin


def put(person: Person, pin: str, *, temporary: bool = False) -> None:
    """Keep a PIN; what was missed before no longer counts."""
    person.pin_hash = _hasher.hash(pin)
    person.pin_temporary = temporary
    person.pin_misses, person.pin_free_at = 0, None


def is_right(person: Person, pin: str) -> bool:
    """Say whether this is the person's PIN."""
    try:
        return _hasher.verify(person.pin_hash or "", pin)
    except (VerificationError, InvalidHashError):
        return False


def must_wait(person: Person, now: datetime) -> int:
    """Return for how many minutes more no PIN is tried, 0 when one may be."""
    left = timedelta() if person.pin_free_at is None else person.pin_free_at - now
    return max(0, -(-left // timedelta(minutes=1)))


def missed(person: Person, now: datetime) -> int:
    """Count a wrong PIN; return how many more may be tried before the wait, 0 when it began."""
    person.pin_misses += 1
    left = TRIES - person.pin_misses
    if left > 0:
        return left
    person.pin_free_at = now + min(FIRST_WAIT * 2 ** min(-left, 10), LONGEST_WAIT)
    return 0
