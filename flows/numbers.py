"""Numbers people say and type: item numbers and receipts, guarded by a Damm check digit."""

from collections.abc import Callable

from stdnum import damm

ITEM_DIGITS = (5, 7)  # seven once more than 4,000 items are live (contract.md, "Words")
SHORT_RECEIPT = 6
LONG_RECEIPT = 12

Draw = Callable[[int], int]


def damm_digit(digits: str) -> str:
    """Return the check digit of ``digits``: one wrong digit or two swapped never pass.

    H. Michael Damm, 2004; the quasigroup of order 10 that python-stdnum carries.
    """
    return str(damm.calc_check_digit(digits))


def item_number(draw: Draw, digits: int = ITEM_DIGITS[0]) -> str:
    """Draw an item number of ``digits`` digits, check digit last; ``draw(n)`` gives 0 to n-1.

    The first digit is never 0: people and spreadsheets drop it.
    """
    first = 10 ** (digits - 2)
    body = str(first + draw(9 * first))
    return body + damm_digit(body)


def is_item_number(text: str) -> bool:
    """Tell whether ``text`` is 5 or 7 ASCII digits that agree with their check digit."""
    return len(text) in ITEM_DIGITS and _agrees(text)


def receipt(draw: Draw) -> str:
    """Draw a long receipt: 12 digits, check digit last; its first six are the short one."""
    body = f"{draw(10 ** (LONG_RECEIPT - 1)):0{LONG_RECEIPT - 1}d}"
    return body + damm_digit(body)


def is_receipt(text: str) -> bool:
    """Tell whether ``text`` can be a receipt: 6 digits, or 12 that agree with their last."""
    if len(text) == SHORT_RECEIPT:
        return text.isascii() and text.isdecimal()
    return len(text) == LONG_RECEIPT and _agrees(text)


def pairs(receipt_digits: str) -> tuple[str, str]:
    """Return the two halves of a long receipt in pairs: ``48 21 73`` and ``06 15 49``."""
    said = [receipt_digits[place : place + 2] for place in range(0, LONG_RECEIPT, 2)]
    return " ".join(said[:3]), " ".join(said[3:])


def _agrees(text: str) -> bool:
    return text.isascii() and text.isdecimal() and damm.is_valid(text)
