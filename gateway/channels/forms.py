"""Form-encoded bodies, whatever their bytes: not every aggregator says which charset it uses."""

from urllib.parse import parse_qsl

from gateway.channels.base import MalformedWebhook

FIELDS = 64


def read_form(body: bytes) -> dict[str, str]:
    """Read a form-encoded body: UTF-8, else each field as Windows-1252. Raises MalformedWebhook."""
    try:
        # As Latin-1 each character stands for one byte, which is decoded only afterwards.
        pairs = parse_qsl(
            body.decode("latin-1"),
            keep_blank_values=True,
            encoding="latin-1",
            max_num_fields=FIELDS,
        )
    except ValueError:
        raise MalformedWebhook("too many fields") from None
    return {_text(name): _text(value) for name, value in pairs}


def short(field: str, longest: int) -> str:
    """Return a field that is no free text, on one line, at most ``longest`` characters.

    A NUL, or a word longer than its column, is refused by PostgreSQL and not by SQLite.
    """
    if not field.isprintable():  # on the path of each keypress, where it always is
        field = "".join(sign for sign in field if sign.isprintable())
    return field.strip()[:longest]


def _text(field: str) -> str:
    if field.isascii():
        return field
    raw = field.encode("latin-1")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")
