"""One table of effects, whatever the road in: what a flow may ask the service to do."""

from collections.abc import Mapping

from models.services.agent_menu import AGENT_EFFECTS
from models.services.alert_effects import ALERT_EFFECTS, ALERT_LOOKS
from models.services.call_backs import CALL_BACK_EFFECTS
from models.services.follow_up import FOLLOW_UP_EFFECTS
from models.services.lowering import LOWERING_EFFECTS
from models.services.opening import CASE_EFFECTS
from models.services.phone_menu import PHONE_EFFECTS
from models.services.pin_menu import PIN_EFFECTS
from models.services.places import PLACE_EFFECTS
from models.services.referral_codes import REFERRAL_CODE_EFFECTS
from models.services.referral_effects import REFERRAL_EFFECTS, REFERRAL_LOOKS
from models.services.routing import ROUTING_EFFECTS
from models.services.scene import EffectFunction
from models.services.stock_effects import STOCK_EFFECTS, STOCK_LOOKS
from models.services.tongues import TONGUE_EFFECTS
from models.services.understanding import UNDERSTANDING_EFFECTS

EFFECTS: Mapping[str, EffectFunction] = {
    **PLACE_EFFECTS,
    **ROUTING_EFFECTS,
    **CASE_EFFECTS,
    **CALL_BACK_EFFECTS,
    **FOLLOW_UP_EFFECTS,
    **AGENT_EFFECTS,
    **LOWERING_EFFECTS,
    **PIN_EFFECTS,
    **PHONE_EFFECTS,
    **UNDERSTANDING_EFFECTS,
    **REFERRAL_EFFECTS,
    **REFERRAL_CODE_EFFECTS,
    **STOCK_EFFECTS,
    **ALERT_EFFECTS,
    **TONGUE_EFFECTS,
}

LOOK_UPS = frozenset(
    {
        "start_place",
        "find_place",
        "list_cercles",
        "list_communes",
        "name_place",
        "concerned",
        "help_on_duty",
        "help_numbers",
        "urgent_numbers",
        "facilities_near",
        "facility_facts",
        "knock",
        "my_counts",
        "weigh_pin",
        "find_phone",
        "my_items",
        "open_item",
        "understand",
        *REFERRAL_LOOKS,
        *STOCK_LOOKS,
        *ALERT_LOOKS,
        "languages",
    }
)
"""Effects that only look: they change nothing, so they commit nothing durably."""
