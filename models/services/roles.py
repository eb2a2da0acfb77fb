"""What a registered person is, hence which commands are read in their SMS."""

from sqlalchemy import select

from flows.commands import Role
from models.db import Work
from models.organisation import Organisation
from models.person import Person

OF_REGISTRATION: dict[str, frozenset[Role]] = {
    "relay": frozenset({"relay"}),
    "operator": frozenset({"operator"}),
    "focal_point": frozenset({"agent"}),
    "supervisor": frozenset({"agent", "supervisor"}),
}


def roles_of(work: Work, person: Person) -> frozenset[Role]:
    """Return the roles of a person: by registration, by hats, and of the centre they work for.

    Whoever wears a function may be given items, so works as an agent too.
    """
    roles = set(OF_REGISTRATION[person.role])
    if person.hats:
        roles.add("agent")
    employers = {person.organisation_id, *(hat.organisation_id for hat in person.hats)}
    if person.role == "relay":
        return frozenset(roles)  # who sends does not also receive
    centre = select(Organisation.id).where(
        Organisation.id.in_(employers), Organisation.facility_id.is_not(None)
    )
    if work.session.scalar(centre.limit(1)) is not None:
        roles.add("centre")
    return frozenset(roles)
