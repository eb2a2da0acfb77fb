"""`jaabi alerts`: one event a line, whoever told it; nobody's name, no words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import click

from gateway.cli_base import Moment, iso
from gateway.cli_lists import Row, as_json, looking, print_rows
from models.alert import Alert, Evacuation
from models.case import Case
from models.db import Work
from models.services.alert_texts import voices_of
from models.services.visibility import visible_cases


@click.command(name="alerts")
@as_json
@click.option("--since", type=Moment(), help="raised then or later")
@click.option("--evacuations", is_flag=True, help="list the evacuations, with their refunds")
def alerts(as_json: bool, since: datetime | None, evacuations: bool) -> None:
    """List the alerts: kind, commune, how many sources, where they stand."""
    table = Evacuation if evacuations else Alert
    with looking() as work:
        asked = visible_cases(work).join(table, table.case_id == Case.id).order_by(Case.id)
        if since is not None:
            asked = asked.where(Case.opened_at >= since)
        found = work.session.scalars(asked).all()
        row_of = _evacuation if evacuations else _alert
        print_rows((row_of(work, one) for one in found), as_json=as_json)


def _alert(work: Work, case: Case) -> Row:
    alert = work.session.get_one(Alert, case.id)
    return {
        **_facts(case, alert.kind),
        "sources": voices_of(work, case),
        "households": alert.households,
        "persons": alert.persons,
        "acknowledged_at": alert.acknowledged_at and iso(alert.acknowledged_at),
        "decided_at": alert.decided_at and iso(alert.decided_at),
        "passed_to": alert.passed_to,
    }


def _evacuation(work: Work, case: Case) -> Row:
    one = work.session.get_one(Evacuation, case.id)
    refund = None if one.refund_id is None else work.session.get_one(Case, one.refund_id)
    return {
        **_facts(case, one.what),
        "facility": one.facility_id,
        "taken_at": one.taken_at and iso(one.taken_at),
        "refund": one.refund,
        "refund_number": refund and refund.number,
    }


def _facts(case: Case, kind: str) -> Mapping[str, Any]:
    return {
        "number": case.number,
        "kind": kind,
        "area_pcode": case.area_pcode,
        "organisation": case.holder_organisation,
        "status": case.status,
        "opened_at": iso(case.opened_at),
        "due_at": iso(case.due_at),
    }
