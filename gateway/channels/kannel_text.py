"""The words of a message as Kannel brings them: bytes, and what it says of them.

3GPP TS 23.038: coding 0 is GSM-7, which Kannel gives as UTF-8; 1 is 8-bit data; 2 is UCS-2, which
it gives as UTF-16BE unless ``mo-recode`` made UTF-8 of it.
"""

NO_TEXT = "no text: 8-bit data"
EIGHT_BIT, UCS2 = "1", "2"
WIDE = ("UTF-16", "UCS-2", "UCS2")
BYTE_ORDER_MARKS = (b"\xfe\xff", b"\xff\xfe")


def no_text(charset: str, coding: str) -> bool:
    """Tell whether the bytes are for a machine: a ringtone, a visiting card, a setting."""
    return coding == EIGHT_BIT or charset.upper() == "8-BIT"


def words(raw: bytes, charset: str, coding: str) -> str:
    """Return what was written, whatever the link did to it; never raises.

    What is declared wrongly is read by its shape: UTF-8 where it is valid, else Windows-1252, and
    Latin letters of two bytes each where somebody forgot to say so.
    """
    if _is_wide(raw, charset.upper(), coding):
        marked = raw.startswith(BYTE_ORDER_MARKS)
        return raw.decode("utf-16" if marked else "utf-16-be", errors="replace")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _is_wide(raw: bytes, charset: str, coding: str) -> bool:
    if charset.startswith(WIDE):
        return True
    if coding == UCS2 and charset != "UTF-8":
        return True
    return len(raw) > 1 and len(raw) % 2 == 0 and not any(raw[::2])
