"""What the console offers to whom: one line a page. A page that is not here is reached from one."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import request, url_for
from flask_babel import LazyString, lazy_gettext

from gateway.console.viewing import is_role

CELL = ("triager", "supervisor")
OFFICERS = ("integrity", "psea", "gbv")
HANDLERS = (*CELL, "focal_point", *OFFICERS)  # who answers cases
AT_WORK = (*HANDLERS, "operator")  # who is a registered person
ADMINISTRATOR, AUDITOR = "administrator", "auditor"


@dataclass(frozen=True, slots=True)
class Entry:
    """One page: its endpoint, what it is called, and the roles that have it."""

    endpoint: str
    label: LazyString
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """One line of the menu as somebody sees it."""

    href: str
    label: str
    here: bool


_ = lazy_gettext
MENU: tuple[tuple[Entry, ...], ...] = (
    (
        Entry("home.show", _("Ce matin"), AT_WORK),
        Entry("queue.show", _("File"), HANDLERS),
        Entry("intake.show", _("Saisir"), ("operator", *CELL)),
        Entry("call_backs.show", _("Rappels"), ("operator", *HANDLERS)),
        Entry("referrals.show", _("Orientations"), ("triager", "supervisor", "focal_point")),
        Entry("alerts.show", _("Alertes"), ("triager", "supervisor", "focal_point")),
        Entry("figures.show", _("Tableau de bord"), (*HANDLERS, "operator")),
    ),
    (
        Entry("slips.show", _("Fiches"), ("operator", *CELL)),
        Entry("dead_letters.show", _("Non traités"), ("triager", "supervisor", ADMINISTRATOR)),
        Entry("directory.show", _("Annuaire"), (*AT_WORK, ADMINISTRATOR)),
        Entry("policy.show", _("Règles"), (*HANDLERS, ADMINISTRATOR, AUDITOR)),
        Entry("flows.show", _("Écrans"), (*AT_WORK, ADMINISTRATOR, AUDITOR)),
        Entry("people.show", _("Comptes et téléphones"), ("supervisor", ADMINISTRATOR)),
        Entry("audit.show", _("Journal"), (AUDITOR,)),
    ),
)


def menu() -> Iterator[list[Link]]:
    """Return the lines that whoever looks has, group by group."""
    for group in MENU:
        yield [
            Link(url_for(one.endpoint), str(one.label), _is_here(one.endpoint))
            for one in group
            if is_role(one.roles)
        ]


def _is_here(endpoint: str) -> bool:
    return bool(request.blueprint == endpoint.partition(".")[0])
