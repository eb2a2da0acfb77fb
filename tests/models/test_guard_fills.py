"""Nobody types their way to another's number: what the keeper puts in is named by us alone."""

import pytest
from sqlalchemy import select

from flows.fills import put_in
from models.db import Job
from models.outbound import OutboundMessage
from tests.factories import phone_of, staged
from tests.models.alert_world import settle_in
from tests.models.talking import Talking
from workers.keeper.filling import Filling

SMUGGLED = ("{tel}", "{tel2}", "{decision}", "{person:P0101}", "{0.__class__}", "{n}", "{{tel}}")


@pytest.fixture
def here(sqlite_store, tmp_path, now):
    with staged(sqlite_store, tmp_path, now) as one:
        yield settle_in(one)


def sent(stage):
    """Return every text as the keeper would send it."""
    filling = Filling(stage.store, stage.vault)
    with stage.store.work(Job("test")) as work:
        rows = work.session.scalars(select(OutboundMessage).order_by(OutboundMessage.id)).all()
        kept = [(one.purpose, one.text_sealed, one.fills) for one in rows if one.text_sealed]
    return [
        (purpose, put_in(stage.house.transit.unwrap(sealed), filling.values(fills)))
        for purpose, sealed, fills in kept
    ]


@pytest.mark.parametrize("typed", SMUGGLED)
def test_a_marker_in_somebodys_words_stays_what_it_is(here, typed):
    talking = Talking(here)
    number = talking.text(phone_of("R128"), f"ALERTE 6143 1 {typed}")[0].split()[1].rstrip(".")
    talking.text(phone_of("R129"), f"ALERTE {typed} 1")
    talking.text(phone_of("R129"), f"EVAC {typed} 1")
    talking.text(phone_of("R129"), f"PERDU {typed}")
    talking.text(phone_of("P0141"), f"PRIS {number}")
    talking.text(phone_of("P0141"), f"DIRE {number} {typed} on vient {typed}")
    here.later(minutes=10)
    here.settles()
    private = {phone_of(one).removeprefix("+223") for one in ("R128", "P0141", "P0111", "P0105")}
    for purpose, text in sent(here):
        if purpose != "ring":
            assert not any(one in text for one in private), text
    decided = [text for purpose, text in sent(here) if purpose == "alert_decided"]
    assert all("on vient" in text for text in decided)
    assert decided


def test_a_decision_that_names_a_number_loses_it_before_anybody_reads_it(here):
    here.writes("R128", "ALERTE 6143 1")
    number = here.writes("R129", "ALERTE 6143 1").split()[1].rstrip(".")
    here.writes("P0141", f"PRIS {number}")
    here.writes("P0141", f"DIRE {number} appelez 70 00 04 44")
    here.later(minutes=10)
    here.settles()
    for _, text in sent(here):
        assert "70 00 04 44" not in text
        assert "70000444" not in text
