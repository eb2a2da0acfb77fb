"""What the screens of alerts and evacuations (G2 to G7) may ask the service to do."""

from collections.abc import Mapping

from flows.effect_rule import EffectRule

_ALERT = ("alert_kind", "alert_category", "alert_size", "alert_when", "place")
_EVACUATION = ("evacuation", "place")

ALERT_EFFECTS: Mapping[str, EffectRule] = {
    "read_alert": EffectRule({"read": ("alert_facts", "place_name")}, _ALERT, behind="sign_in"),
    "raise_alert": EffectRule({"noted": ("n",), "gone": ()}, _ALERT, files=True, behind="sign_in"),
    "centre_telephone": EffectRule({"known": ("tel_centre",)}, behind="sign_in"),
    "read_evacuation": EffectRule({"read": ("sick", "place_name")}, _EVACUATION, behind="sign_in"),
    "call_evacuation": EffectRule(
        {"called": ("n", "tel_centre", "tel_cercle"), "gone": ()},
        _EVACUATION,
        files=True,
        behind="sign_in",
    ),
}
