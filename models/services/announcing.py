"""What whoever receives an item is told of it, by its kind; a number and a date where not said."""

from collections.abc import Callable, Mapping

from flows.deadlines import told
from flows.policy import SENSITIVE
from models.case import Case
from models.db import Work
from models.services.alert_texts import alert_text, evacuation_text
from models.services.scene import House
from models.services.stock_texts import stock_out_text

TextOf = Callable[[Work, House, Case], str]

TEXTS: Mapping[str, TextOf] = {
    "stock_out": stock_out_text,
    "alert": alert_text,
    "evacuation": evacuation_text,
}
"""Kinds whose announcement says more, because field.md 5 says so. Their functions stand in modules
that do not import models/services/cases.py, which comes here."""


def text_of(work: Work, house: House, case: Case) -> str:
    """Return the announcement of an item to whoever has it now."""
    ordinary = case.case_class not in SENSITIVE
    return (TEXTS.get(case.kind, _number_and_date) if ordinary else _number_and_date)(
        work, house, case
    )


def _number_and_date(_work: Work, house: House, case: Case) -> str:
    return house.say("case_new", n=case.number, date=told(case.due_at), usd=house.service_code)
