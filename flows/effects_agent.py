"""What registered people may ask the service to do behind their PIN."""

from collections.abc import Mapping

from flows.effect_rule import EffectRule

_PIN = "sign_in"

AGENT_EFFECTS: Mapping[str, EffectRule] = {
    "knock": EffectRule({"known": (), "away": (), "stranger": ()}),
    "sign_in": EffectRule(
        {
            "ok": ("agent",),
            "temporary": ("agent",),
            "wrong": ("k",),
            "last": (),
            "blocked": ("k",),
            "stranger": (),
            "away": (),
        },
        ("pin",),
        spends=("pin",),
    ),
    "my_counts": EffectRule(
        {"counted": ("k", "k_codes", "supervisor"), "gone": ()},
        spends=("pin_new", "pin_again", "pin_given"),
        behind=_PIN,
    ),
    "weigh_pin": EffectRule(
        {"fine": (), "trivial": (), "same": (), "gone": ()}, ("pin_new",), behind=_PIN
    ),
    "change_pin": EffectRule(
        {"changed": (), "different": (), "gone": ()},
        ("pin_new", "pin_again"),
        spends=("pin_new", "pin_again"),
        behind=_PIN,
    ),
    "find_phone": EffectRule(
        {"one": ("relay", "phone_ends"), "many": ("phones",), "none": (), "gone": ()},
        ("wanted",),
        behind=_PIN,
    ),
    "reset_pin": EffectRule({"reset": ("relay", "pin_given"), "gone": ()}, ("relay",), behind=_PIN),
    "block_phone": EffectRule({"blocked": ("relay",), "gone": ()}, ("relay",), behind=_PIN),
    "my_items": EffectRule({"listed": ("items",), "none": ()}, behind=_PIN),
    "open_item": EffectRule(
        {"opened": ("n", "facts", "date", "may_lower", "judges"), "gone": ()},
        ("item",),
        spends=("may_lower", "judges"),
        behind=_PIN,
    ),
    "read_words": EffectRule({"read": ("pages",), "none": (), "away": ()}, ("item",), behind=_PIN),
    "take_item": EffectRule(
        {"taken": ("n",), "already": ("n",), "gone": ("n",)}, ("item",), behind=_PIN
    ),
    "answer_item": EffectRule(
        {"noted": ("n",), "nameless": ("n",), "gone": ("n",)},
        ("item", "words", "how"),
        spends=("words",),
        behind=_PIN,
    ),
    "return_item": EffectRule(
        {"returned": ("n",), "whom": ("n", "takers"), "gone": ("n",)},
        ("item", "why", "taker"),
        spends=("taker",),
        behind=_PIN,
    ),
    "propose_lowering": EffectRule(
        {"asked": ("n",), "alone": ("n",), "gone": ("n",)}, ("item", "reason"), behind=_PIN
    ),
    "judge_lowering": EffectRule(
        {"lowered": ("n",), "kept": ("n",), "gone": ("n",)}, ("item", "verdict"), behind=_PIN
    ),
}
