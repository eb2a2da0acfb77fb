"""Which form reads what stands behind each verb."""

from collections.abc import Mapping

from flows.command_fields import alarm, evacuate, refer
from flows.command_items import came, list_items, lost, not_served, on_item, sent_on, served
from flows.command_pieces import Form
from flows.command_shapes import Verb
from flows.command_slips import private_call, slip_used
from flows.command_stock import levels, none_left

FORMS: Mapping[Verb, Form] = {
    "LISTE": list_items,
    "VOIR": on_item,
    "PRIS": on_item,
    "DIRE": on_item,
    "FINI": on_item,
    "RENVOI": on_item,
    "NOTE": on_item,
    "ANNULE": on_item,
    "REF": refer,
    "ALERTE": alarm,
    "EVAC": evacuate,
    "VENUE": came,
    "DONNE": served,
    "PAS": not_served,
    "ORIENTE": sent_on,
    "STOCK": levels,
    "RUPTURE": none_left,
    "LV": slip_used,
    "PRIVE": private_call,
    "PERDU": lost,
}
ON_NUMBERS: tuple[Verb, ...] = (
    *("VOIR", "PRIS", "DIRE", "FINI", "RENVOI", "NOTE", "ANNULE"),
    *("VENUE", "DONNE", "PAS", "ORIENTE"),
)
"""Verbs that may stand behind their number: "47322 arrivee"."""
