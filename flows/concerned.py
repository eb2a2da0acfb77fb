"""Turns an answer to "who is it about" (W1 to W6) into those a case is about. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from flows.directory import Body, Directory, Subject, overlaps, within
from flows.policy import Policy

UNKNOWN = "unknown"
CENTRE = "cscom"
LEADS = "leads"  # role in coverage


@dataclass(frozen=True, slots=True)
class Told:
    """What the speaker told that says who is concerned.

    ``area`` is a p-code or empty, ``facility`` a facility meant as the place, ``organisation``
    the one chosen in W5.
    """

    category: str
    about: str = UNKNOWN
    area: str = ""
    facility: str = ""
    organisation: str = ""


def subjects(told: Told, directory: Directory, policy: Policy) -> tuple[Subject, ...]:
    """Return whom the case is about; doubt counts as concerned: unknown means everybody there."""
    if told.organisation in directory.organisations:
        return (("organisation", told.organisation), *_centre(told, directory, policy))
    rule = policy.concerned.get(told.about, policy.concerned[UNKNOWN])
    sectors = policy.sectors_of(told.category)
    found = list(_centre(told, directory, policy, asked=bool(rule.get("centre"))))
    if rule.get("coverage") and not sectors & set(rule.get("except_sectors", ())):
        found += _organisations(_covering(told, directory, sectors))
    if rule.get("by_coverage"):
        there = _covering(told, directory, sectors)
        found += _organisations(one for one in there if directory.kind(one) in rule["kinds"])
    elif kinds := rule.get("kinds"):
        found += _organisations(one.id for one in _answering(told, directory, kinds))
    for role in rule.get("roles", ()):
        covers = directory.covering(None, told.area)
        found += _organisations(one.organisation for one in covers if one.role == role)
    if rule.get("state_food"):
        found += _organisations(_state_food(told, directory, policy))
    found += [("function", _at(name, told.area)) for name in rule.get("functions", ())]
    return tuple(dict.fromkeys(found))


def most_present(told: Told, directory: Directory, policy: Policy) -> list[Body]:
    """Return the non-governmental organisations of a sector at a place, most present first (W5)."""
    seen = Counter(_at_work(told, directory, policy.sectors_of(told.category)))
    bodies = [body for one in seen if (body := directory.organisations.get(one)) is not None]
    ngos = [body for body in bodies if body.kind in policy.concerned["ngo"]["kinds"]]
    return sorted(ngos, key=lambda body: (-seen[body.id], body.name))


def _covering(told: Told, directory: Directory, sectors: frozenset[str]) -> list[str]:
    return sorted(set(_at_work(told, directory, sectors)))


def _at_work(told: Told, directory: Directory, sectors: frozenset[str]) -> list[str]:
    """Return who works in these sectors there: who only leads the cluster delivers nothing."""
    covers = directory.covering(sectors or None, told.area)
    return [one.organisation for one in covers if one.role != LEADS]


def _organisations(ids: Iterable[str]) -> list[Subject]:
    return [("organisation", one) for one in ids]


def _centre(
    told: Told, directory: Directory, policy: Policy, *, asked: bool = False
) -> Iterable[Subject]:
    """Name the centre meant, or every community centre of the commune when none was."""
    if not asked and told.category not in policy.always_centre:
        return
    if told.facility:
        yield ("facility", told.facility)
    for body in directory.organisations.values():
        if told.facility and body.facility == told.facility:
            yield ("organisation", body.id)
        elif not told.facility and body.kind == CENTRE and _is_there(body, told.area):
            yield ("organisation", body.id)
            if body.facility:
                yield ("facility", body.facility)


def _answering(told: Told, directory: Directory, kinds: Iterable[str]) -> list[Body]:
    bodies = directory.organisations.values()
    return [body for body in bodies if body.kind in kinds and within(body.area, told.area)]


def _is_there(body: Body, area: str) -> bool:
    return bool(body.area) and overlaps(body.area, area)


def _state_food(told: Told, directory: Directory, policy: Policy) -> list[str]:
    kind = policy.setting(told.area, "state_food")
    if kind == "ngo":
        rows = directory.covering(frozenset({"state_food"}), told.area)
        return sorted({one.organisation for one in rows})
    return [body.id for body in _answering(told, directory, [kind])]


def _at(function: str, area: str) -> str:
    return f"{function}@{area}" if area else function
