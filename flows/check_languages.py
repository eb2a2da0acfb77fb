"""Proves every language on every kind of channel: whole, short enough, read by those it is for."""

from collections.abc import Iterable, Iterator, Mapping

from flows import check_texts
from flows.catalogs import Catalog, french_of, spelt, translated
from flows.finding import Finding
from flows.words import Flows

# Septets of one USSD screen: 160 where a gateway cuts there, 182 where all octets arrive
# (channels, 5). An SMS is counted in segments on any of them.
SCREENS: Mapping[str, int] = {"ussd 160": 160, "ussd 182": 182}


def check(flows: Flows, catalogs: Iterable[Catalog], *, drafts: bool = False) -> list[Finding]:
    """Return what is not proven of these languages; with ``drafts`` as if all were reviewed.

    What is wrong in French already is told by `flows.check`.
    """
    found: set[Finding] = set()
    known = french_of(flows)
    french = {limit: set(check_texts.check(flows, limit)) for limit in SCREENS.values()}
    for catalog in catalogs:
        found.update(_unread(catalog, known))
        spoken = spelt(translated(flows, catalog, drafts=drafts))
        for channel, limit in SCREENS.items():
            wrong = set(check_texts.check(spoken, limit)) - french[limit]
            found.update(_told(catalog.language, channel, wrong))
    return sorted(found)


def _unread(catalog: Catalog, known: Mapping[str, str]) -> Iterator[Finding]:
    """Whoever calls a text reviewed must have read it: it is not shown before, and is told."""
    where = f"locale/{catalog.language}"
    for name, entry in catalog.entries.items():
        if entry.status != "reviewed":
            continue
        for lack in entry.lacks():
            yield Finding(where, f"{name} is called reviewed: {lack}")
        if known.get(name) != entry.french:
            yield Finding(where, f"{name} is not the French of today: jaabi flows extract")


def _told(language: str, channel: str, found: Iterable[Finding]) -> Iterator[Finding]:
    for one in found:
        yield Finding(f"{one.where} ({language}, {channel})", one.says)
