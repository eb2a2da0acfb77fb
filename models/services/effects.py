"""One table of effects, whatever the road in: what a flow may ask the service to do."""

from collections.abc import Mapping

from models.services.agent_menu import AGENT_EFFECTS
from models.services.call_backs import CALL_BACK_EFFECTS
from models.services.follow_up import FOLLOW_UP_EFFECTS
from models.services.opening import CASE_EFFECTS
from models.services.places import PLACE_EFFECTS
from models.services.routing import ROUTING_EFFECTS
from models.services.scene import EffectFunction
from models.services.tongues import TONGUE_EFFECTS
from models.services.understanding import UNDERSTANDING_EFFECTS

EFFECTS: Mapping[str, EffectFunction] = {
    **PLACE_EFFECTS,
    **ROUTING_EFFECTS,
    **CASE_EFFECTS,
    **CALL_BACK_EFFECTS,
    **FOLLOW_UP_EFFECTS,
    **AGENT_EFFECTS,
    **UNDERSTANDING_EFFECTS,
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
        "my_items",
        "open_item",
        "understand",
        "languages",
    }
)
"""Effects that only look: they change nothing, so they commit nothing durably."""
