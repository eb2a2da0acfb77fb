"""Words for what rows keep as codes: languages, voices, hours, sources, who is concerned."""

from collections.abc import Mapping

from flask_babel import LazyString, lazy_gettext

_ = lazy_gettext

Words = Mapping[str, LazyString]

LANGUAGES: Words = {
    "fr": _("Français"),
    "bm": _("Bambara"),
    "ff": _("Peul"),
    "ses": _("Sonrai"),
    "taq": _("Tamasheq"),
    "ar": _("Arabe"),
    "dts": _("Dogon"),
    "snk": _("Soninké"),
    "other": _("Autre"),
}
VOICES: Words = {"woman": _("une femme"), "man": _("un homme"), "any": _("une femme ou un homme")}
HOURS: Words = {
    "morning": _("matin"),
    "noon": _("midi"),
    "afternoon": _("après-midi"),
    "evening": _("soir"),
    "market": _("jour de foire"),
    "any": _("n'importe quand"),
}
SOURCES: Words = {
    "call": _("Appel"),
    "box": _("Boîte"),
    "committee": _("Comité"),
    "assembly": _("Assemblée"),
    "radio": _("Radio"),
    "visit": _("Visite"),
    "pdm": _("PDM"),
    "focus": _("Focus"),
}
ABOUT: Words = {
    "nobody": _("Personne, c'est un manque"),
    "unknown": _("Je ne sais pas"),
    "ngo": _("ONG ou projet"),
    "chief": _("Chef ou ses conseillers"),
    "committee": _("Comité"),
    "trader": _("Commerçant"),
    "state": _("Service d'État"),
    "town_hall": _("Mairie"),
    "relay": _("Relais"),
    "transporter": _("Transporteur"),
    "distributor": _("Celui qui distribue ici"),
    "several": _("Plusieurs"),
    "unsaid": _("Ne veut pas dire"),
    "staff": _("Un agent du centre"),
    "head": _("Le chef du centre"),
    "asaco": _("L'ASACO (gestion)"),
    "csref": _("Centre du cercle (CSRef)"),
    "teacher": _("Un maître"),
    "director": _("Le directeur"),
    "cgs": _("Comité de gestion (CGS)"),
    "health_worker": _("Agent de santé"),
}
CALL_STATUS: Words = {
    "asked": _("à prendre"),
    "taken": _("pris"),
    "routed": _("à prendre"),
    "reopened": _("à prendre"),
}


def say(words: Words, code: str | None) -> str:
    """Return the words of a code; the code itself where there are none."""
    return "" if code is None else str(words.get(code, code))
