"""Who is registered: people with their phones, hats, PINs and ties; whether a programme may open.

Numbers never reach this room: the caller hands in how a number becomes a pseudonym and a sealed
envelope.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from flows.msisdn import normalise
from models.area import Area
from models.db import Work
from models.errors import NotFound, StoreError
from models.organisation import Organisation
from models.person import Hat, Person, Tie
from models.services import erasures, outside, phones, pins
from models.services.audit import about_person, note
from models.services.policy_in_force import in_force
from models.services.programme import GREEN_LINE, WOMAN_TO_TALK, setting

ROLES = ("relay", "operator", "focal_point", "supervisor")
VOICES = ("woman", "man")
NUMBERS = {GREEN_LINE: "--green-line", WOMAN_TO_TALK: "--woman-to-talk"}
FIRST_RELAY = 101  # R1 to R100 would be misheard as plain numbers


class DirectoryRefused(StoreError):
    """What was asked of the directory cannot be; ``mistakes`` says why, one sentence each."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("; ".join(mistakes))
        self.mistakes = list(mistakes)


@dataclass(frozen=True, slots=True)
class Numbers:
    """How a number, E.164, is named and sealed: held by whoever has the keys."""

    pseudonym: Callable[[str], str]
    seal: Callable[[str], bytes]


@dataclass(frozen=True, slots=True, repr=False)
class NewPerson:
    """Somebody to register, as asked for. ``number`` is given by us when empty."""

    role: str
    phone: str
    organisation: str
    function: str = ""
    language: str = "fr"
    area: str = ""
    voice: str = ""
    number: str = ""


def add_person(work: Work, new: NewPerson, numbers: Numbers) -> Person:
    """Register a phone, or give one that is registered another hat. Raises DirectoryRefused.

    A person wears several hats: the same phone and role again adds the function asked for.
    """
    phone = normalise(new.phone)
    mistakes = _mistakes(work, new) + ([] if phone else ["this is not a telephone number"])
    if mistakes or phone is None:
        raise DirectoryRefused(mistakes)
    pseudonym = numbers.pseudonym(phone)
    person = _by_pseudonym(work, pseudonym)
    if person is None:
        person = _made(work, new)
        person.pseudonym, person.phone_sealed = pseudonym, numbers.seal(phone)
        person.phone_ends = phone[-3:]
    else:
        _refuse_other(person, new)
    if new.function:
        _give_hat(person, new)
    work.session.flush()
    return person


def add_without_phone(work: Work, new: NewPerson) -> Person:
    """Register somebody who works in the console only. Raises DirectoryRefused."""
    mistakes = _mistakes(work, new)
    if mistakes:
        raise DirectoryRefused(mistakes)
    person = _made(work, new)
    if new.function:
        _give_hat(person, new)
    work.session.flush()
    return person


def people(work: Work) -> Sequence[Person]:
    """Return everybody registered now, by number."""
    registered = select(Person).where(Person.revoked_at.is_(None)).order_by(Person.number)
    return work.session.scalars(registered).all()


def by_number(work: Work, number: str) -> Person:
    """Return the registered person of this number (R128). Raises NotFound."""
    person = work.session.scalar(
        select(Person).where(Person.number == number.upper(), Person.revoked_at.is_(None))
    )
    if person is None:
        raise NotFound(f"nobody is registered as {number.upper()}")
    return person


@contextmanager
def staying_open(work: Work) -> Iterator[None]:
    """Let nothing be changed that leaves nobody outside to judge. Raises DirectoryRefused.

    A lost phone is blocked all the same: that may not wait (`ready` says what it leaves).
    """
    was_open = not outside.missing(work)
    yield
    work.session.flush()
    left = outside.missing(work) if was_open else []
    if left:
        raise DirectoryRefused(["the programme would not be open any more", *left])


def revoke(work: Work, number: str, now: datetime) -> Person:
    """End a registration: the phone is a stranger's at its next message.

    Raises NotFound, and DirectoryRefused for the last one who judges from outside.
    """
    person = by_number(work, number)
    with staying_open(work):
        person.revoked_at = now
    person.pin_hash = None
    note(work, about_person("revoke", person.number), now)
    erasures.person_changed(work, person, "revoked")
    phones.cut_off(work, person, "revoked", now)
    return person


def block(work: Work, number: str, now: datetime) -> Person:
    """Report a phone lost: nothing opens on it from now on. Raises NotFound, DirectoryRefused."""
    person = _with_phone(work, number)
    note(work, about_person("block", person.number), now)
    phones.block(work, person, now)
    return person


def change_phone(work: Work, number: str, phone: str, numbers: Numbers) -> Person:
    """Give a person another phone, or the one that was found. Raises NotFound, DirectoryRefused."""
    person, new = by_number(work, number), normalise(phone)
    if new is None:
        raise DirectoryRefused(["this is not a telephone number"])
    pseudonym = numbers.pseudonym(new)
    other = _by_pseudonym(work, pseudonym)
    if other is not None and other.id != person.id:
        raise DirectoryRefused([f"this phone is registered as {other.role}, {other.number}"])
    phones.replace_phone(work, person, phones.Phone(pseudonym, numbers.seal(new), new[-3:]))
    return person


def new_pin(work: Work, number: str, draw: Callable[[int], int], *, temporary: bool = False) -> str:
    """Give a person a new PIN and return it, to be said once: only its hash is kept.

    ``draw(n)`` gives a number from 0 to n-1. ``temporary``: to be changed at the first sign-in.
    Raises NotFound, and DirectoryRefused for who has no phone to type it on.
    """
    return pins.give(_with_phone(work, number), draw, temporary=temporary)


def agree_to_ring(work: Work, number: str, at: datetime | None) -> Person:
    """Note that a person agreed to be rung by number for evacuations; None: agrees no more.

    Raises NotFound, and DirectoryRefused for who has no phone.
    """
    person = _with_phone(work, number)
    person.ring_agreed_at = at
    return person


def tie(work: Work, one: str, other: str) -> None:
    """Note a declared family or household tie between two persons. Raises NotFound."""
    first, second = sorted((by_number(work, one).id, by_number(work, other).id))
    if first == second:
        raise DirectoryRefused(["a tie is between two persons"])
    known = select(Tie.id).where(Tie.person_id == first, Tie.other_id == second)
    if work.session.scalar(known) is None:
        work.session.add(Tie(person_id=first, other_id=second))


def ready(work: Work) -> list[str]:
    """Return what keeps the programme from opening, one sentence each; none = it may open.

    Somebody outside must be able to judge everybody here, and who needs help at once must find a
    telephone on the screen (field.md 4.4, P11).
    """
    found = outside.missing(work)
    for name, option in NUMBERS.items():
        if not setting(work, name):
            found.append(f"No telephone to give to callers: jaabi directory numbers {option} ...")
    return found


def _mistakes(work: Work, new: NewPerson) -> list[str]:
    found = []
    if new.role not in ROLES:
        found.append(f"no role {new.role}: one of {', '.join(ROLES)}")
    functions = in_force(work).functions
    if new.function and new.function not in functions:
        found.append(f"no function {new.function}: one of {', '.join(functions)}")
    if new.voice and new.voice not in VOICES:
        found.append(f"no voice {new.voice}: one of {', '.join(VOICES)}")
    if work.session.get(Organisation, new.organisation) is None:
        found.append(f"no organisation {new.organisation}")
    if new.area and work.session.get(Area, new.area) is None:
        found.append(f"no area {new.area}")
    return found


def _made(work: Work, new: NewPerson) -> Person:
    person = Person(
        number=new.number or _next_number(work, new.role),
        role=new.role,
        organisation_id=new.organisation,
        area_pcode=new.area or None,
        language=new.language,
    )
    work.session.add(person)
    return person


def _with_phone(work: Work, number: str) -> Person:
    person = by_number(work, number)
    if person.pseudonym is None:
        raise DirectoryRefused([f"{person.number} has no phone: jaabi people phone"])
    return person


def _by_pseudonym(work: Work, pseudonym: str) -> Person | None:
    return work.session.scalar(
        select(Person).where(Person.pseudonym == pseudonym, Person.revoked_at.is_(None))
    )


def _refuse_other(person: Person, new: NewPerson) -> None:
    if person.role != new.role:
        raise DirectoryRefused([f"this phone is registered as {person.role}, {person.number}"])
    if person.blocked_at is not None:
        raise DirectoryRefused([f"this phone of {person.number} was reported lost"])


def _give_hat(person: Person, new: NewPerson) -> None:
    area = new.area or None
    for hat in person.hats:
        if (hat.function, hat.organisation_id, hat.area_pcode) == (
            new.function,
            new.organisation,
            area,
        ):
            hat.voice = new.voice or hat.voice
            return
    hat = Hat(function=new.function, organisation_id=new.organisation, area_pcode=area)
    hat.voice = new.voice or None
    person.hats.append(hat)


def _next_number(work: Work, role: str) -> str:
    """Return R101, R102 ... for relays, P0001 ... for others; a number is never given twice."""
    letter = "R" if role == "relay" else "P"
    given = work.session.scalars(select(Person.number).where(Person.number.startswith(letter)))
    highest = max((int(number[1:]) for number in given), default=0)
    if letter == "R":
        return f"R{max(highest + 1, FIRST_RELAY)}"
    return f"P{highest + 1:04d}"
