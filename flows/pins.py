"""Which PINs are too easy: whoever finds the phone tries these first."""

_ROUND = "01234567890"
_YEARS = ("19", "20")


def is_trivial(pin: str, phone_ends: str = "") -> bool:
    """Tell whether four digits are guessed at once.

    One or two digits repeated, digits in a row, a year, the end of the telephone's own number
    (``phone_ends``).
    """
    return (
        pin[:2] == pin[2:]
        or len(set(pin)) == 1
        or (pin[0] == pin[1] and pin[2] == pin[3])
        or pin in _ROUND
        or pin in _ROUND[::-1]
        or pin.startswith(_YEARS)
        or (phone_ends != "" and pin.endswith(phone_ends))
    )
