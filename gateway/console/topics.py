"""Words for what an item is: its category, kind, class, status, and by which road it came."""

from flask_babel import LazyString, lazy_gettext

from gateway.console.saying import SOURCES, Words, say

_ = lazy_gettext

CATEGORIES: Words = {
    "11": _("Vivres, rien reçu"),
    "12": _("Vivres, pas assez"),
    "13": _("Vivres, en retard"),
    "14": _("Vivres, mauvaise qualité"),
    "15": _("Vivres, pas sur la liste"),
    "16": _("Vivres, carte gardée"),
    "17": _("Vivres, on fait payer"),
    "191": _("Vivres, point trop loin"),
    "192": _("Vivres, vol sur la route"),
    "193": _("Vivres, commerçant"),
    "194": _("Vivres, carte ou code"),
    "195": _("Vivres, servi sans droit"),
    "196": _("Vivres, autre"),
    "21": _("Santé, fermé ou absent"),
    "22": _("Santé, pas de médicament"),
    "23": _("Santé, on fait payer"),
    "24": _("Santé, mal reçu"),
    "25": _("Santé, refusé"),
    "26": _("Santé, loin ou attente"),
    "27": _("Santé, frais d'évacuation"),
    "28": _("Santé, autre"),
    "31": _("École fermée"),
    "32": _("École, maître absent"),
    "33": _("École, cantine sans repas"),
    "34": _("École, on fait payer"),
    "35": _("École, un enfant"),
    "36": _("École, autre"),
    "41": _("Eau, forage"),
    "42": _("Abri, bâche, kit"),
    "43": _("Semences, outils"),
    "44": _("Bétail"),
    "45": _("Travail payé"),
    "46": _("Autre aide"),
    "51": _("Argent ou cadeau demandé"),
    "52": _("Prend l'aide des autres"),
    "53": _("Choisit ses parents"),
    "54": _("Menace ou insulte"),
    "55": _("Conduite, autre"),
    "61": _("Inondation"),
    "62": _("Feu"),
    "63": _("Gens qui ont fui"),
    "64": _("Attaque ou vol"),
    "65": _("Beaucoup de malades"),
    "66": _("Sécheresse, bétail"),
    "67": _("Mine, objet dangereux"),
    "7": _("Merci ou idée"),
    "8": _("Autre"),
    "91": _("Argent ou abus d'un poste"),
    "92": _("Privé"),
    "93": _("Privé"),
    "94": _("Privé"),
}
SECTORS: Words = {
    "1": _("Vivres et argent"),
    "19": _("Vivres, autres cas"),
    "2": _("Santé"),
    "3": _("École"),
    "4": _("Eau, abri, moyens de vivre"),
    "5": _("Conduite d'une personne"),
    "6": _("Danger et chocs"),
    "9": _("Privé"),
}
"""What begins with these digits, where several categories do."""
KINDS: Words = {
    "complaint": _("Plainte"),
    "alert": _("Alerte"),
    "evacuation": _("Évacuation"),
    "stock_out": _("Rupture"),
    "referral": _("Orientation"),
    "call_back": _("Rappel"),
}
STATUSES: Words = {
    "incomplete": _("incomplet"),
    "routed": _("à prendre"),
    "asked": _("à appeler"),
    "taken": _("pris"),
    "answered": _("répondu"),
    "reached": _("joint"),
    "not_reached": _("pas joint"),
    "reopened": _("rouvert"),
    "closed": _("clos"),
    "withdrawn": _("retiré"),
    "joined": _("joint à un autre"),
}
CLASSES: Words = {
    "C0": _("merci"),
    "C1": _("information"),
    "C2": _("demande d'aide"),
    "C3": _("mécontentement"),
    "C4": _("mécontentement grave"),
    "C5": _("intégrité"),
    "C6": _("exploitation ou abus par l'aide"),
    "C7": _("violence, enfant"),
    "C8": _("autre organisation"),
    "C9": _("danger, choc"),
}
ROADS: Words = {
    "ussd": _("USSD"),
    "sms": _("SMS"),
    "chat": _("Messagerie"),
    "relay": _("Relais"),
    "voice": _("Appel en absence"),
    **SOURCES,
}


def topic(code: str, kind: str = "complaint") -> str:
    """Return what an item is about, in the few words of its category; a call-back says nothing."""
    if kind == "call_back" and not code:
        return str(KINDS[kind])
    if kind == "evacuation":
        return str(KINDS[kind])
    return say(CATEGORIES, code) or str(KINDS.get(kind, kind))


def names(words: Words) -> list[tuple[str, LazyString]]:
    """Return codes with their words, as a list to choose from."""
    return list(words.items())
