"""A console in which there is some of everything, and the addresses of all its pages.

Whatever people write, or are called, is a text that the test gives.
"""

from contextlib import contextmanager

from models.db import Job
from tests.console import filling
from tests.console.case_world import World

# As whom one looks: role, and which registered person.
VIEWERS = {
    "triager": ("triager", "P0151"),
    "supervisor": ("supervisor", "P0152"),
    "integrity": ("integrity", "P0153"),
    "psea": ("psea", "P0154"),
    "gbv": ("gbv", "P0155"),
    "focal": ("focal_point", "P0121"),
    "matron": ("focal_point", "P0101"),
    "partner": ("focal_point", "P0141"),
    "operator": ("operator", "P0301"),
    "auditor": ("auditor", ""),
    "admin": ("administrator", ""),
}
# What no person asks for.
NO_PAGE = frozenset({"/health/live", "/health/ready", "/metrics"})
LEADS_ON = "/file/suivant"
# What whoever is known already is led away from.
ENTRIES = frozenset(
    {
        "/entrer",
        "/entrer/authentificateur",
        "/entrer/carre.svg",
        "/entrer/code",
        "/retrouver",
    }
)


class Full:
    """The console, its people's accounts, and the addresses whose rule names something."""

    def __init__(self, world, texts):
        self.world, self.console, self.texts = world, world.console, texts
        self.store, self.now = world.console.store, world.console.clock()
        self.accounts = {}
        self.named = {
            "/annuaire/fichiers/<kind>.csv": "/annuaire/fichiers/coverage.csv",
            "/carte/<pcode>.svg": "/carte/ML0701.svg",
            "/ecrans/<flow>": "/ecrans/menu",
            "/ecrans/<flow>.svg": "/ecrans/menu.svg",
            "/file/nouveau": "/file/nouveau?vu=2026-01-01T00:00:00Z",
            "/static/<path:filename>": "/static/console.css",
        }

    def say(self, longest=1000):
        """Return the next text."""
        return next(self.texts)[:longest]

    def put(self, *rows):
        """Write rows, each after the one before; return the row id of the last."""
        with self.store.work(Job("test")) as work:
            for row in rows:
                work.session.add(row)
                work.session.flush()
            return getattr(rows[-1], "id", None)

    def browser(self, name):
        return self.console.browser(self.accounts[name])

    def addresses(self):
        """Give (rule, address) of all that can be asked for; what is not named here fails."""
        for rule in sorted(self.console.app.url_map.iter_rules(), key=str):
            if "GET" in rule.methods:
                is_plain = "<" not in rule.rule and rule.rule not in self.named
                yield rule.rule, rule.rule if is_plain else self.named[rule.rule]


@contextmanager
def full(console, texts):
    """Fill a console and give it."""
    with World.around(console) as world:
        found = Full(world, texts)
        filling.directory(found)
        filling.people(found)
        for name, (role, person) in VIEWERS.items():
            account = console.account(role, person=person, email=f"{name}@example.org")
            found.accounts[name] = world.accounts[person] = account
        for fill in filling.ALL:
            fill(found)
        yield found
