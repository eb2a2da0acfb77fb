"""Effects of referrals and stock: at a centre behind the PIN, and of the woman herself."""

from collections.abc import Mapping

from flows.effect_rule import EffectRule

_PIN = "sign_in"
_DONE: Mapping[str, tuple[str, ...]] = {"noted": ("n2",), "known": ("n2", "state"), "gone": ("n2",)}

REFERRAL_EFFECTS: Mapping[str, EffectRule] = {
    "my_codes": EffectRule(
        {"received": ("referrals",), "sent": ("referrals",), "none": ()}, behind=_PIN
    ),
    "show_code": EffectRule(
        {"awaited": ("n2", "band"), "mine": ("n2", "state", "date"), "gone": ("n2",)},
        ("referral",),
        behind=_PIN,
    ),
    "code_come": EffectRule(_DONE, ("referral",), behind=_PIN),
    "code_serve": EffectRule(_DONE, ("referral", "given"), behind=_PIN),
    "code_not_serve": EffectRule(_DONE, ("referral", "reason"), behind=_PIN),
    "code_send_on": EffectRule({**_DONE, "nowhere": ("n2",)}, ("referral", "centre"), behind=_PIN),
    "centres_around": EffectRule({"listed": ("facilities",), "none": ()}, behind=_PIN),
    "find_without_code": EffectRule(
        {"listed": ("referrals",), "none": (), "stranger": ()}, ("came",), behind=_PIN
    ),
    "count_walk_in": EffectRule({"noted": ("n2",), "gone": ("n2",)}, ("came",), behind=_PIN),
    "stock_level": EffectRule(
        {"known": ("quantity", "k"), "unknown": (), "stranger": ()}, ("product",), behind=_PIN
    ),
    "put_stock": EffectRule(
        {"noted": ("product", "quantity"), "stranger": ()}, ("product", "quantity"), behind=_PIN
    ),
    "same_stock": EffectRule({"noted": (), "stranger": ()}, behind=_PIN),
    "refer_herself": EffectRule(
        {"filed": ("n2", "facility_name", "hours", "date"), "gone": ()},
        ("facility", "age", "place"),
        spends=("age",),
        files=True,
    ),
    "say_received": EffectRule({"noted": ()}, ("referral", "received")),
    "stop_referral": EffectRule({"done": ()}, ("referral",), files=True),
}
