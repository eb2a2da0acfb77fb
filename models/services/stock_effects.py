"""What a centre has left, said in USSD behind the PIN."""

from collections.abc import Mapping
from typing import Any

from flows.referral_lifecycle import PRODUCTS
from models.area import Facility
from models.db import Work
from models.services import stocks
from models.services.centres import centre_of
from models.services.handling import desk_signed_in
from models.services.referral_texts import Hand
from models.services.scene import EffectFunction, Outcome, Scene
from models.stock import Stock

Answers = Mapping[str, Any]


def stock_level(work: Work, scene: Scene, answers: Answers) -> Outcome:
    """Show the last figure of a product and how many days old it is."""
    hand, here = _at(work, scene, answers)
    if hand is None or here is None:
        return Outcome("stranger")
    row = work.session.get(Stock, (here.id, str(answers.get("product") or "")))
    if row is None:
        return Outcome("unknown")
    return Outcome("known", {"quantity": row.quantity, "k": (scene.now - row.as_of).days})


def put_stock(work: Work, scene: Scene, answers: Answers) -> Outcome:
    """Note how much there is of a product; nothing is a stock-out."""
    hand, here = _at(work, scene, answers)
    product, quantity = str(answers.get("product") or ""), int(answers.get("quantity") or 0)
    if hand is None or here is None or product not in PRODUCTS:
        return Outcome("stranger")
    stocks.put(hand, here.id, product, quantity)
    return Outcome("noted", {"product": product, "quantity": quantity})


def same_stock(work: Work, scene: Scene, answers: Answers) -> Outcome:
    """Note that nothing changed since the last figures."""
    hand, here = _at(work, scene, answers)
    if hand is None or here is None:
        return Outcome("stranger")
    stocks.same(hand, here.id)
    return Outcome("noted")


def _at(work: Work, scene: Scene, answers: Answers) -> tuple[Hand | None, Facility | None]:
    """Only the phone that gave the right PIN in this dialogue speaks for its centre."""
    desk = desk_signed_in(work, scene, answers)
    if desk is None:
        return None, None
    return Hand(desk.work, scene), centre_of(work, desk.person)


STOCK_EFFECTS: Mapping[str, EffectFunction] = {
    "stock_level": stock_level,
    "put_stock": put_stock,
    "same_stock": same_stock,
}
STOCK_LOOKS = frozenset({"stock_level"})
