"""What a conversation may ask the service to do: names, outcomes, and what each gives."""

from collections.abc import Mapping

from flows.effect_rule import EffectRule
from flows.effects_agent import AGENT_EFFECTS
from flows.effects_alerts import ALERT_EFFECTS
from flows.effects_referral import REFERRAL_EFFECTS

_PLACE = ("place", "place_name", "cercle_name")
_CALL = ("call_language", "call_when", "call_voice")
_RECEIPT = ("c6", "c6b", "date")

EFFECTS: Mapping[str, EffectRule] = {
    **REFERRAL_EFFECTS,
    **ALERT_EFFECTS,
    "start_place": EffectRule(
        {"dialled": _PLACE, "known": _PLACE, "unknown": ()}, ("dialled", "private")
    ),
    "find_place": EffectRule(
        {"one": _PLACE, "many": ("places",), "none": ()}, ("said",), spends=()
    ),
    "list_cercles": EffectRule({"listed": ("cercles",)}),
    "list_communes": EffectRule({"listed": ("communes",)}, ("cercle",)),
    "name_place": EffectRule({"named": ("place_name", "cercle_name")}, ("place",)),
    "concerned": EffectRule(
        {"several": ("orgs",), "one": ("org",), "none": ()}, ("category", "place")
    ),
    "open_case": EffectRule(
        {"filed": ("case", *_RECEIPT, "ask_repair", "n", "private")},
        ("kind", "category", "place", "about", "about_org", "answer", "private", "words", *_CALL),
        spends=("words",),
        files=True,
    ),
    "issue_receipt": EffectRule({"filed": _RECEIPT}, ("case",)),
    "add_words": EffectRule({"added": (), "private": ()}, ("case", "words"), spends=("words",)),
    "allow_repair": EffectRule({"noted": ()}, ("case", "repair")),
    "open_code": EffectRule(
        {
            "unknown": (),
            "asked": ("case", "sentence", "pages", "private"),
            "waiting": ("case", "sentence", "date", "private"),
            "late": ("case", "sentence", "date", "private"),
            "answered": ("case", "sentence", "pages", "private"),
            "closed": ("case", "sentence", "pages", "private"),
            "referral": ("referral",),
            "away": (),
        },
        ("code",),
        spends=("code",),
    ),
    "satisfied": EffectRule({"done": ()}, ("case",), files=True),
    "reopen": EffectRule({"reopened": ("date",)}, ("case", "how"), files=True),
    "withdraw": EffectRule({"done": ()}, ("case",), files=True),
    "open_call_back": EffectRule(
        {"noted": ("c6", "when", "case")}, (*_CALL, "private", "case"), files=True
    ),
    "agree_call": EffectRule({"noted": ("c6", "case")}, ("case", *_CALL), files=True),
    "refine_private": EffectRule(
        {"noted": ()}, ("case", "category", "age_group", "aid_worker", "zone", "dialled")
    ),
    "tally": EffectRule({"counted": ()}, ("what",)),
    "help_on_duty": EffectRule({"known": ("woman_on_duty", "man_on_duty", "zones")}),
    "help_numbers": EffectRule({"known": ("tel_green", "tel_centre", "tel_woman")}, ("place",)),
    "urgent_numbers": EffectRule({"known": ("tel_centre", "tel_cercle")}, ("place",)),
    "facilities_near": EffectRule({"listed": ("facilities",), "none": ()}, ("place",)),
    "facility_facts": EffectRule({"known": ("facility_name", "fee", "hours")}, ("facility",)),
    "languages": EffectRule({"one": (), "several": ("languages",)}),
    "choose_language": EffectRule({"chosen": ("language",)}, ("language",)),
    **AGENT_EFFECTS,
    "understand": EffectRule(
        {
            "sensitive": ("category", "about", "place"),
            "nonsense": (),
            "place_one": ("category", "about", *_PLACE),
            "place_many": ("category", "about", "places"),
            "place_none": ("category", "about"),
            "complete": ("category", "about", *_PLACE),
        },
        ("words",),
    ),
}
