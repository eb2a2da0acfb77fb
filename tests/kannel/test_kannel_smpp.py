"""Receipts and USSD of an operator's message centre, over SMPP and through a real Kannel."""

from contextlib import ExitStack, closing

import pytest

from gateway.channels.base import Outbound
from models.outbound import DeliveryReport
from tests.gateway.service import serving
from tests.kannel import centre
from tests.kannel.boxes import SECRETS, Boxes, until
from tests.kannel.conftest import CHANNEL, TOKEN

pytestmark = pytest.mark.skipif(
    bool(centre.MISSING), reason=f"not installed: {', '.join(centre.MISSING)}"
)
BEGINS, ANSWERS = 1, 18  # PSSR indication, USSR confirm
ASKS, TELLS = 2, 17  # USSR request, PSSR response
UCS2 = 8
DIALLED = "*123#"


class Operator:
    """A programme (``service``), its Kannel, and the centre of an operator."""

    def __init__(self, stack, url, folder):
        self.centre = stack.enter_context(closing(centre.Centre()))
        self.boxes = Boxes(folder, CHANNEL, TOKEN)
        self.service = stack.enter_context(serving(url, folder, **{CHANNEL: self._table()}))
        web = stack.enter_context(closing(centre.Web(self.service.app)))
        self.url = web.url
        self.boxes.links = centre.links(self.centre.port)
        self.boxes.write(web.url, web.url)
        stack.callback(self.boxes.stop)
        self.boxes.start()
        self.boxes.start_smsbox("smsbox-ussd")
        self.centre.wait_bound("", "USSD")
        self.channel = self.boxes.channel(web.url)

    def asks_screens_of(self, url):
        """Let screens come from elsewhere from now on."""
        self.boxes.stop_box("smsbox-ussd")
        self.boxes.write(self.url, url)
        self.boxes.start_smsbox("smsbox-ussd")

    def dials(self, number, code=DIALLED, **more):
        """Dial, and return the first screen."""
        self.centre.brings(number, code, to=code, op=BEGINS, **more)
        return self.centre.shown(number)

    def keys(self, number, answer, **more):
        """Key one answer, and return the next screen."""
        self.centre.brings(number, answer, to=DIALLED, op=ANSWERS, **more)
        return self.centre.shown(number)

    def _table(self):
        table = {"provider": "kannel", "token": [TOKEN], "sendsms_url": self.boxes.sendsms_url}
        return {**table, **SECRETS, "sender": "36123"}


@pytest.fixture(scope="module")
def operator(tmp_path_factory, sqlite_template):
    folder = tmp_path_factory.mktemp("operator")
    (folder / "jaabi.db").write_bytes(sqlite_template.read_bytes())
    with ExitStack() as stack:
        yield Operator(stack, f"sqlite:///{folder / 'jaabi.db'}", folder)


NUMBERS = (f"+2237000{digits}" for digits in range(5000, 6000, 10))


@pytest.fixture
def speaker():
    return next(NUMBERS)


RECEIPTS = {"0": ("delivered", None), "9": ("failed", "27")}


@pytest.mark.parametrize("ending", RECEIPTS)
def test_a_receipt_of_the_centre_settles_the_text_it_speaks_of(operator, speaker, ending):
    number = speaker[:-1] + ending
    reference = f"77{number[-4:]}"
    operator.channel.send(Outbound(number, "Jaabi: un mot", reference))
    assert operator.centre.shown(number)["text"] == "Jaabi: un mot"
    status, reason = RECEIPTS[ending]

    def told():
        found = "delivery success" if status == "delivered" else "delivery failure"
        return (found, False) in operator.service.reports

    until(told)
    [report] = [
        one
        for one in operator.service.rows(DeliveryReport)
        if one.provider_id == reference and one.meaning == status
    ]
    assert report.reason == reason


def test_a_text_in_two_bytes_a_letter_arrives_over_smpp(operator, speaker):
    operator.centre.brings(speaker, "Kɛnɛya 😀", wide=True)
    until(lambda: operator.service.inbox)
    operator.service.converser.drain()
    assert operator.service.stories == ["Kɛnɛya 😀"]


def test_a_session_over_smpp_is_a_dialogue_of_its_number(operator, speaker):
    first = operator.dials(speaker)
    assert (first["service"], first["op"]) == ("USSD", ASKS)
    assert first["text"].startswith("Jaabi. Tapez un chiffre:")
    second = operator.keys(speaker, "1")
    assert second["op"] == ASKS
    assert second["text"] != first["text"]
    again = operator.dials(speaker)
    assert again["op"] == ASKS


def test_a_problem_is_filed_over_smpp_and_its_last_screen_ends_the_session(operator, speaker):
    operator.dials(speaker)
    for answer in ("1", "1", "1", "2", "6143", "1", "1", "1"):
        screen = operator.keys(speaker, answer)
    assert "Votre code:" in screen["text"]
    while screen["op"] == ASKS:
        screen = operator.keys(speaker, "0")
    assert screen["op"] == TELLS
    assert len(operator.service.cases) >= 1


def test_a_centre_that_counts_its_sessions_gets_its_count_back(operator, speaker):
    screen = operator.dials(speaker, its="0702")
    assert (screen["op"], screen["its"]) == (ASKS, "0702")
    operator.centre.brings(speaker, "", to=DIALLED, op=ANSWERS, its="0703")  # hung up
    assert operator.dials(speaker, its="0802")["its"] == "0802"


def test_two_phones_at_once_keep_their_own_dialogues(operator):
    one, other = next(NUMBERS), next(NUMBERS)
    operator.dials(one)
    operator.dials(other)
    mine, theirs = operator.keys(one, "1"), operator.keys(other, "4")
    assert mine["text"] != theirs["text"]


def test_when_we_are_away_no_word_of_kannel_reaches_a_screen_and_no_screen_comes_late(operator):
    one, other, third = (next(NUMBERS) for _ in range(3))
    away = centre.Away()
    with closing(centre.Web(away)) as web:
        operator.asks_screens_of(web.url)
        for times, number in enumerate((one, other), 1):
            operator.centre.brings(number, DIALLED, to=DIALLED, op=BEGINS)
            until(lambda times=times: away.asked == times)
        operator.asks_screens_of(operator.url)
    assert operator.dials(third)["text"].startswith("Jaabi.")
    assert [text for text in operator.centre.taken if text["to"] == one] == []
