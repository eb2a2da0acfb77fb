"""A phone on the network of any USSD aggregator, before a programme that all of them reach."""

import itertools

from gateway.app import public_app
from gateway.settings import Settings
from models.conversation import Conversation
from tests.gateway.service import TOKEN
from tests.gateway.ussd_posts import NETWORKS, Said, answer_of

NUMBERS = itertools.count(5000)  # nobody is offered what another test left


def dialled_by_all(service, networks=tuple(NETWORKS)):
    """Let a programme be dialled by every aggregator, each a channel of its own name."""
    tables = {name: {"provider": "ussd_http", "shape": name, "token": [TOKEN]} for name in networks}
    settings = Settings.load(
        home=service.settings.home,
        database_url=service.settings.database_url,
        demo="off",
        channel=tables,
    )
    service.app = public_app(settings, service.conversing)
    return service


class Dialler:
    """A phone on the network of one aggregator."""

    def __init__(self, service, name, number=None, session=None):
        self.session = session  # one name for all its sessions, as some providers give
        self.service, self.name = service, name
        self.number = number or f"2237000{next(NUMBERS)}"
        self.network = NETWORKS[name]
        self.begun, self.turn, self.typed = 0, 0, ""

    def dial(self, through=""):
        self.begun += 1
        self.turn, self.typed = 0, through
        return self._ask(Said("begin", f"*123*{through}#" if through else "*123#", through))

    def type(self, *answers):
        for answer in answers:
            self.turn += 1
            self.typed = f"{self.typed}*{answer}" if self.typed else answer
            self._ask(Said("answer", answer))
        return self.screen

    def repeat(self):
        return self._ask(self.asked)

    def end(self, word):
        return self._post(Said(word))

    def _ask(self, said):
        self.asked = said
        reply = self._post(said)
        assert reply.status_code == 200, reply.text
        answer = answer_of(self.name, reply.text)
        self.screen = self.network.shown(answer)
        self.over = answer == self._with_ids(self.network.wants(self.screen, over=True))
        return self.screen

    def _with_ids(self, wanted):
        """Return what was wanted with the names of this session in it."""
        if not isinstance(wanted, dict):
            return wanted
        ids = {"sessionID": self._session, "session_id": self._session}
        ids |= {"msisdn": self.number, "MSISDN": self.number}
        wanted = wanted | {name: one for name, one in ids.items() if name in wanted}
        if "payload" in wanted:
            wanted["payload"] = {**wanted["payload"], "request_id": self.turn}
        if "option" in wanted:
            wanted["option"] = self.asked.said
        return wanted

    @property
    def _session(self):
        return self.session or f"{self.number[-4:]}s{self.begun}"

    def _post(self, said):
        whole = Said(said.kind, said.said, self.typed, self.turn, self.number, self._session)
        raw = self.network.post(whole)
        path = f"/hooks/{self.name}/{TOKEN}/ussd"
        with self.service.app.test_client() as client:
            if self.network.method == "GET":
                return client.get(f"{path}?{raw.decode()}")
            return client.post(path, data=raw)

    @property
    def pseudonym(self):
        return self.service.stage.vault.pseudonym(f"+{self.number}")

    @property
    def cases(self):
        return [one for one in self.service.cases if one.contact == self.pseudonym]

    @property
    def dialogues(self):
        rows = self.service.rows(Conversation)
        return [one for one in rows if one.contact == self.pseudonym]
