"""What staff may be told of an item in few coded words, outside the place where words are read."""

from flows.place_names import shown
from models.area import Area
from models.case import Case
from models.db import Work
from models.repair import Repair
from models.services.scene import House


def facts(house: House, case: Case) -> str:
    """Return what a case is about, in the few words of its category."""
    if case.kind == "evacuation":
        return house.say("facts_evacuation")
    return house.say(f"category_{case.category}")


def commune(work: Work, one: Case | Repair) -> str:
    """Return the name of the commune, or of the cercle if nothing finer was said, else nothing."""
    area = None if one.area_pcode is None else work.session.get(Area, one.area_pcode)
    return "" if area is None else shown(area.name)
