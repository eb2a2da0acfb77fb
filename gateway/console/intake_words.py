"""What an operator says and looks up during a call: first words, codes of topics, who."""

from collections.abc import Mapping, Sequence
from functools import cache

from flask_babel import LazyString, lazy_gettext

from flows.command_slips import CATEGORIES
from flows.slip_replies import asks_who, who
from gateway.console import saying
from models.services.scene import House

_ = lazy_gettext
NOTICE = "menu.notice"  # M3
TOPICS: Mapping[str, LazyString] = {
    "1": _("Vivres, argent, bons"),
    "2": _("Centre de santé"),
    "3": _("École, cantine"),
    "4": _("Eau, abri, outils"),
    "5": _("Une personne"),
    "6": _("Danger, malheur"),
    "7": _("Merci ou idée"),
    "8": _("Autre"),
}


def notices(house: House) -> Mapping[str, str]:
    """Return the first words (M3) in each language that has them reviewed, French first."""
    tongues = {"fr": house.flows, **house.tongues}
    return {code: flows.nodes[NOTICE].text for code, flows in tongues.items()}  # type: ignore[union-attr]


@cache
def codes() -> Mapping[str, Sequence[str]]:
    """Return the codes an operator may write, by topic."""
    return {topic: sorted(one for one in CATEGORIES if one[0] == topic) for topic in TOPICS}


def labels(house: House) -> Mapping[str, str]:
    """Return the few words of each code."""
    return {one: house.say(f"category_{one}") for one in sorted(CATEGORIES)}


def who_may(category: str) -> Sequence[tuple[str, str]]:
    """Return the digits of who is concerned for a topic, with their words; none where not asked."""
    if category and not asks_who(category):
        return ()
    return [(one, saying.say(saying.ABOUT, who(category or "1", one))) for one in "123456"]
