"""SMS lines of a centre about its stock: STOCK with pairs, STOCK OK, RUPTURE."""

from collections.abc import Callable, Mapping

from flows.commands import Command
from models.services import handling, puzzles, stocks
from models.services.centres import centre_of
from models.services.handling import Desk
from models.services.referral_texts import Hand
from models.services.replies import Reply
from models.services.stock_texts import stock_out_facts


def put(desk: Desk, asked: Command) -> Reply:
    """STOCK: note each figure said, or that nothing changed."""
    if asked.given.get("same"):
        return _same(desk)
    levels = [(str(one), int(count)) for one, count in asked.given["levels"]]
    return _put(desk, levels)


def out(desk: Desk, asked: Command) -> Reply:
    """RUPTURE: there is none left of a product."""
    return _put(desk, [(str(asked.given["product"]), 0)])


def show(desk: Desk, number: str, _asked: Command) -> Reply:
    """VOIR on a stock-out: whoever brings it needs the centre and the product."""
    case = handling.find(desk, number)
    if case is None:
        return puzzles.no_such_item(desk, number)
    return stock_out_facts(desk.work, desk.house, case)


def _put(desk: Desk, levels: list[tuple[str, int]]) -> str:
    here, say = centre_of(desk.work, desk.person), desk.say
    if here is None:
        return say("not_a_centre")
    last = dict(levels)  # the last figure said of a product is meant
    for product, quantity in last.items():
        stocks.put(Hand(desk.work, desk.turn), here.id, product, quantity)
    listed = ", ".join(say("stock_item", product=one, k=count) for one, count in last.items())
    return say("stock_noted", list=listed)


def _same(desk: Desk) -> str:
    here, say = centre_of(desk.work, desk.person), desk.say
    if here is None:
        return say("not_a_centre")
    known = stocks.same(Hand(desk.work, desk.turn), here.id)
    return say("stock_same" if known else "stock_never")


FRESH: Mapping[str, Callable[[Desk, Command], Reply]] = {"STOCK": put, "RUPTURE": out}
ON_ITEM: Mapping[tuple[str, str], Callable[[Desk, str, Command], Reply]] = {
    ("stock_out", "VOIR"): show,
}
