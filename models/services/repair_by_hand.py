"""A repair asked for at once by whoever handles a case, where the sweep would ask for it too."""

from dataclasses import replace

from sqlalchemy import exists, select

from models.case import Case
from models.db import Job
from models.repair import RepairCase
from models.services import repairs
from models.services.case_acts import Refused
from models.services.handling import Desk

ACTOR = Job("repairs")


def ask(desk: Desk, case: Case) -> None:
    """Ask who can mend it. Raises Refused where it may not be asked for."""
    linked = exists().where(RepairCase.case_id == case.id)
    if desk.work.session.scalar(select(linked)):
        raise Refused("asked")
    # Voices that the viewer may not know of count too, as they do when nobody asks by hand.
    service = replace(desk.work, actor=ACTOR)
    if not repairs.ask_now(service, desk.house, case, desk.now):
        raise Refused("few")
