"""What an alert or an evacuation is told with: kind, commune, size, when; never who raised it."""

from sqlalchemy import func, select

from flows.alert_kinds import (
    EVACUATIONS,
    Estimate,
    dated,
    estimated,
    kind_of,
    said_of,
)
from flows.deadlines import told
from models.alert import Alert, AlertSource, Evacuation
from models.case import Case
from models.db import Work
from models.organisation import Organisation
from models.person import Person
from models.services.facts import commune
from models.services.scene import House

NAME_SHOWN = 20  # characters of an organisation's name on a phone


def alert_text(work: Work, house: House, case: Case) -> str:
    """Return what whoever answers an alert is told of it (D2), as it stands now."""
    alert = work.session.get(Alert, case.id)
    voices = voices_of(work, case)
    say = house.say
    return say(
        "alert_new" if case.area_pcode else "alert_new_nowhere",
        n=case.number,
        place=commune(work, case),
        sources=say("one_source") if voices <= 1 else say("sources", k=voices),
        event=event_of(case, alert),
        size=size_of(alert),
        since=dated(alert.happened_on if alert else None, case.opened_at),
    )


def committee_text(work: Work, house: House, case: Case) -> str:
    """Return what the committee, or another body that is only told, learns of an alert (D3)."""
    alert = work.session.get(Alert, case.id)
    return house.say(
        "alert_committee",
        n=case.number,
        place=commune(work, case),
        event=event_of(case, alert),
        size=size_of(alert).rstrip("."),
        org=organisation_name(work, case.holder_organisation),
        date=told(case.due_at),
    )


def evacuation_text(work: Work, house: House, case: Case) -> str:
    """Return what is said of an evacuation where no number is put in."""
    return house.say("evacuation_facts", **evacuation_values(work, case))


def evacuation_values(work: Work, case: Case) -> dict[str, str]:
    """Return the values of the texts of an evacuation, without any number."""
    evacuation = work.session.get_one(Evacuation, case.id)
    relay = None if evacuation.relay_id is None else work.session.get(Person, evacuation.relay_id)
    return {
        "n": case.number,
        "place": commune(work, case),
        "sick": EVACUATIONS[evacuation.what],
        "relay": relay.number if relay else "",
    }


def voices_of(work: Work, case: Case) -> int:
    """Return from how many sources an alert is known; one phone counts once, whenever it spoke."""
    named = func.count(func.distinct(AlertSource.contact))
    nameless = func.count() - func.count(AlertSource.contact)
    counted = select(named + nameless).where(AlertSource.case_id == case.id)
    return int(work.session.scalar(counted) or 0)


def event_of(case: Case, alert: Alert | None) -> str:
    """Return the few words of what happened."""
    return said_of(alert.kind if alert else kind_of(case.category).name, case.category)


def size_of(alert: Alert | None) -> str:
    """Return the estimate in words."""
    said = Estimate() if alert is None else Estimate(alert.households, alert.persons, alert.size)
    return estimated(said)


def organisation_name(work: Work, organisation: str | None) -> str:
    """Return an organisation's name as a phone shows it."""
    body = None if organisation is None else work.session.get(Organisation, organisation)
    return (body.name if body else organisation or "")[:NAME_SHOWN]
