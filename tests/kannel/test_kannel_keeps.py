"""What a real Kannel answers and keeps: the facts our adapter and our configuration rest on."""

from contextlib import closing

import pytest

from gateway.channels.base import Outbound, SendFailed
from tests.kannel.boxes import FAKE_LINK, Boxes, until
from tests.kannel.centre import Away, Web
from tests.kannel.conftest import CHANNEL, TOKEN

ONE = "+22370007001"
NOWHERE = "http://127.0.0.1:1"


@pytest.fixture
def boxes(tmp_path):
    """A Kannel whose network of phones is not connected yet."""
    one = Boxes(tmp_path, CHANNEL, TOKEN)
    try:
        yield one
    finally:
        one.stop()


def test_a_text_that_was_taken_survives_the_death_of_both_boxes(boxes):
    boxes.write(NOWHERE)
    boxes.start()
    assert boxes.channel(NOWHERE).send(Outbound(ONE, "Jaabi: gardez ce mot", "17")) == "17"
    boxes.kill("bearerbox")
    boxes.kill("smsbox")
    boxes.start()
    assert boxes.network().received(ONE, "gardez") == "Jaabi: gardez ce mot"


def test_a_number_that_no_link_takes_may_leave_by_another_road(boxes):
    boxes.links = FAKE_LINK.format(port=boxes.air) + 'allowed-prefix = "+33"\n'
    boxes.write(NOWHERE)
    boxes.start()
    with pytest.raises(SendFailed) as refused:
        boxes.channel(NOWHERE).send(Outbound(ONE, "Jaabi", "17"))
    assert (refused.value.elsewhere, refused.value.stop) == (True, False)


def test_a_wrong_password_stops_the_channel(boxes):
    boxes.write(NOWHERE)
    boxes.start()
    with pytest.raises(SendFailed) as refused:
        boxes.channel(NOWHERE, **{"password": "another"}).send(Outbound(ONE, "Jaabi", "17"))
    assert (refused.value.elsewhere, refused.value.stop) == (False, True)


def test_a_text_is_brought_again_until_somebody_thanks_for_it_and_nobody_is_told_of_it(boxes):
    away = Away()
    with closing(Web(away)) as web:
        boxes.write(web.url)
        boxes.start()
        phones = boxes.network()
        phones.writes(ONE, "Le puits est en panne")
        until(lambda: away.asked >= 3)
    assert phones.shown(ONE) == []
