"""The conversations: drawn, listed screen by screen in each language, walked as on a phone."""

import base64
import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from flask_babel import LazyString, lazy_gettext

from flows.catalog_files import LANGUAGES, catalogs
from flows.catalogs import Catalog, spelt, translated
from flows.drawing import STYLE, draw, names
from flows.place_names import fold
from flows.rehearsal import rehearse
from flows.rendering import SCREEN_LIMIT
from flows.told_texts import ToldText, told
from flows.words import ENTRIES, FRENCH, MAIN, Flows
from gateway.console import saying
from gateway.console.menu import ADMINISTRATOR, AT_WORK, AUDITOR
from gateway.console.saying import say
from gateway.console.viewing import kit, page

pages = Blueprint("flows", __name__)
LOOKING = (*AT_WORK, ADMINISTRATOR, AUDITOR)
ALL = (FRENCH, *LANGUAGES)
FOUND = 60  # texts that a search shows
LONGEST_SEARCH = 60
LONGEST_ANSWER = 160
MESSAGES = "messages"
# A picture has its style inside: this one, and no other.
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
PICTURE = f"default-src 'none'; style-src 'sha256-{_HASH}'; frame-ancestors 'none'"

_ = lazy_gettext
NAMES: Mapping[str, LazyString] = {
    "menu": _("Accueil"),
    "complaint": _("Dire un problème"),
    "place": _("Le lieu"),
    "who": _("De qui s'agit-il"),
    "answer": _("Comment avoir la réponse"),
    "follow_up": _("Suivre"),
    "private": _("Chemin privé"),
    "health": _("Santé"),
    "call_back": _("Être rappelé"),
    "information": _("Informations"),
    "alert": _("Alertes"),
    "evacuation": _("Évacuations"),
    "agent": _("Au travail, derrière le code PIN"),
    "codes": _("Codes et orientations"),
    "stock": _("Stocks"),
    "phones": _("Téléphones perdus"),
    "sms": _("Par SMS"),
    MESSAGES: _("Messages envoyés"),
}
STATES: Mapping[str, LazyString] = {
    "reviewed": _("relu"),
    "draft": _("brouillon"),
    "missing": _("manque"),
}


@dataclass(frozen=True, slots=True)
class Text:
    """One screen or message of a language, where it stands, and whether it is for staff."""

    flow: str
    told: ToldText
    staff: bool
    sensitive: bool


@pages.get("/ecrans")
@page(*LOOKING)
def show() -> str:
    """Show every conversation, how far each language is, and what a search finds."""
    language, said = _language(), request.args.get("q", "")[:LONGEST_SEARCH]
    texts = _texts(language)
    plain = fold(said)
    found = [one for one in texts if plain and _holds(one, plain)]
    return _rendered(
        "overview",
        sizes=Counter(one.flow for one in texts),
        progress={one: Counter(text.told.progress for text in _texts(one)) for one in ALL},
        said=said,
        found=found[:FOUND],
        more=max(len(found) - FOUND, 0),
    )


@pages.get("/ecrans/<flow>")
@page(*LOOKING)
def one(flow: str) -> str:
    """Show every screen of a conversation as it is at its longest."""
    texts = [text for text in _texts(_language()) if text.flow == flow]
    if not texts:
        abort(404)
    return _rendered("one", flow=flow, texts=texts, is_drawn=flow != MESSAGES)


@pages.get("/ecrans/<flow>.svg")
@page(*LOOKING)
def picture(flow: str) -> Response:
    """Give a conversation as a picture."""
    if flow not in names(_french()):
        abort(404)
    answer = Response(_picture(flow), content_type="image/svg+xml")
    answer.headers["Content-Security-Policy"] = PICTURE
    return answer


@pages.get("/ecrans/jouer")
@page(*LOOKING)
def play() -> str:
    """Walk a conversation: the steps stand in the address, and nothing is written."""
    asked, language = request.args, _language()
    at = asked.get("depuis", MAIN)
    if at not in ENTRIES:
        abort(404)
    steps = [one[: LONGEST_ANSWER + 2] for one in asked.getlist("p")]
    registered = "inscrit" in asked
    answers = {"usd": kit().house.service_code, "registered": registered, "language": FRENCH}
    walk = rehearse(_spoken(language), at, answers, [*steps, *_step()])
    return _rendered("play", walk=walk, at=at, registered=registered, entries=ENTRIES)


def _step() -> list[str]:
    """Return the step that is taken now: an answer typed or chosen, or how an effect ended."""
    for kind, name in (("r", "dit"), ("e", "fini")):
        if name in request.args:
            return [f"{kind}:{request.args[name][:LONGEST_ANSWER]}"]
    return []


def _holds(one: Text, plain: str) -> bool:
    return any(
        plain in fold(text) for text in (one.told.written.text, one.told.written.label)
    ) or plain in fold(one.told.written.name)


def _language() -> str:
    asked = request.args.get("langue", FRENCH)
    return asked if asked in ALL else FRENCH


def _french() -> Flows:
    return kit().house.flows


@lru_cache(maxsize=1)
def _catalogs() -> Mapping[str, Catalog]:
    return {one.language: one for one in catalogs()}


@lru_cache(maxsize=len(ALL))
def _texts(language: str) -> tuple[Text, ...]:
    flows, catalog = _french(), _catalogs().get(language, Catalog(language, {}))
    return tuple(_text(flows, one) for one in told(flows, catalog))


def _text(flows: Flows, one: ToldText) -> Text:
    node = flows.nodes.get(one.written.name)
    if node is None:
        return Text(MESSAGES, one, flows.texts.messages[one.written.name].staff, False)
    return Text(node.traits.flow, one, node.traits.staff, node.traits.sensitive)


def _spoken(language: str) -> Flows:
    flows = _french()
    if language == FRENCH:
        return spelt(flows)
    catalog = _catalogs().get(language, Catalog(language, {}))
    return spelt(translated(flows, catalog, drafts=True))


@lru_cache(maxsize=32)
def _picture(flow: str) -> str:
    return draw(_french(), flow)


def _rendered(view: str, **facts: Any) -> str:
    return render_template(
        f"console/flows_{view}.html",
        view=view,
        names=NAMES,
        states=STATES,
        limit=SCREEN_LIMIT,
        tongues=ALL,
        tongue=_language(),
        languages_said={**saying.LANGUAGES, "en": _("Anglais")},
        say=say,
        **facts,
    )
