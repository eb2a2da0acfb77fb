"""Telephone numbers of Mali and beyond: whatever a network sends, as E.164 or nothing.

Mali: +223, closed plan of 8 digits, no trunk prefix (AMRTP notice to ITU, 6 March 2018).
"""

import re
import unicodedata

import phonenumbers

HOME_REGION, HOME_CODE, HOME_DIGITS = "ML", "223", 8
# What nearly every network sends: possible by its length alone, and parsed on every keypress.
PLAIN = re.compile(r"\+223(?!223)[0-9]{8}")
_SCHEMES = ("tel:", "sms:", "whatsapp:")


def normalise(raw: str) -> str | None:
    """Return ``raw`` as E.164 (``+22370000001``), or None for names and short codes.

    A number only needs to be possible: a range opened yesterday is in no library yet.
    """
    if PLAIN.fullmatch(raw):
        return raw
    text = _dialled(raw)
    if text is None:
        return None
    try:
        number = phonenumbers.parse(text, HOME_REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number) or _is_short_code(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _dialled(raw: str) -> str | None:
    """Refuse letters (they would be read as keypad digits) and the signs of a service code."""
    text = _ascii_digits(raw)
    for scheme in _SCHEMES:
        if text.strip().lower().startswith(scheme):
            text = text.strip()[len(scheme) :]
    if not all(sign.isdecimal() or sign in "+ .-()/" for sign in text):
        return None
    spoilt = text.startswith(" ") and sum(map(str.isdecimal, text)) > HOME_DIGITS
    # A leading space was a plus before somebody forgot to URL-code it.
    return f"+{text.strip()}" if spoilt and "+" not in text else text.strip()


def _ascii_digits(raw: str) -> str:
    return "".join(
        str(unicodedata.decimal(sign)) if sign.isdecimal() else sign
        for sign in unicodedata.normalize("NFKC", raw)
    )


def _is_short_code(number: phonenumbers.PhoneNumber) -> bool:
    """Tell 22336123, as providers also show the short code 36123: no subscriber has 223xxxxx."""
    national = str(number.national_number)
    return number.country_code == int(HOME_CODE) and national.startswith(HOME_CODE)
