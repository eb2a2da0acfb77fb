"""Words for referrals: steps, bands, reasons, digits of the card, and what was published."""

from collections.abc import Iterable, Mapping

from flask_babel import lazy_gettext

from gateway.console.saying import Words, say
from models.figure import Figure

__all__ = ["say"]

_ = lazy_gettext
STATUS: Words = {
    "draft": _("préparée"),
    "sent": _("attendue"),
    "redirected": _("attendue ailleurs"),
    "refused": _("centre empêché"),
    "arrived": _("venue"),
    "not_served": _("venue, pas servie"),
    "served": _("servie"),
    "closed": _("finie"),
    "expired": _("délai passé"),
    "cancelled": _("annulée"),
}
STEPS: Words = {
    "consented": _("accord donné"),
    "sent": _("envoyée"),
    "accepted": _("lue par le centre"),
    "arrived": _("venue"),
    "served": _("servie"),
    "not_served": _("pas servie"),
    "redirected": _("vers un autre centre"),
    "refused": _("centre empêché"),
    "counter_sent": _("retour au relais"),
    "reminded": _("rappel au relais"),
    "absent": _("raison de l'absence"),
    "expired": _("délai passé"),
    "cancelled": _("annulée"),
    "withdrawn": _("retirée"),
    "closed": _("finie"),
}
BANDS: Words = {
    "under15": _("moins de 15 ans"),
    "15-19": _("15 à 19 ans"),
    "20-24": _("20 à 24 ans"),
    "25plus": _("25 ans et plus"),
    "unsaid": _("âge non dit"),
}
REASONS: Words = {
    "stock_out": _("rupture"),
    "no_provider": _("agent formé absent"),
    "not_suitable": _("pas bon pour elle"),
    "changed_mind": _("a changé d'avis"),
    "pregnant": _("enceinte"),
    "come_back": _("doit revenir"),
    "other": _("autre"),
    "none": _("non dit"),
    "far": _("loin"),
    "money": _("argent"),
    "family": _("famille"),
    "fear": _("peur"),
    "elsewhere": _("ailleurs"),
    "road": _("route"),
    "not_seen": _("pas vue"),
}
COLUMNS: Mapping[str, tuple[str, str]] = {
    "sent": ("", ""),
    "arrived": ("arrived", "yes"),
    "served": ("served", "yes"),
    "not_served": ("served", "no"),
}


def table(figures: Iterable[Figure]) -> Mapping[str, Mapping[str, str]]:
    """Return the published numbers by area, as they may be told: a small one is only "< 10"."""
    found: dict[str, dict[str, str]] = {}
    for one in figures:
        for column, cell in COLUMNS.items():
            if (one.split, one.value) == cell:
                found.setdefault(one.area, {})[column] = told(one)
    return found


def share(of: Mapping[str, int]) -> str:
    """Return a share with both its numbers: 12 / 40 (30 %)."""
    above, below = of["numerator"], of["denominator"]
    return f"{above} / {below}" + (f" ({100 * above // below} %)" if below else "")


def told(one: Figure) -> str:
    """Return one published number as it may be told."""
    if one.shown is not None:
        return str(one.shown)
    return "" if one.below is None else f"< {one.below}"
