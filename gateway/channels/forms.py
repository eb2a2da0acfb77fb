"""Form-encoded bodies, whatever their bytes: not every aggregator says which charset it uses."""

from urllib.parse import parse_qsl

from gateway.channels.base import MalformedWebhook

FIELDS = 64


def read_form(body: bytes) -> dict[str, str]:
    """Read a form-encoded body: UTF-8, else each field as Windows-1252. Raises MalformedWebhook."""
    return {_text(name): _text(value) for name, value in _pairs(body)}


def read_bytes(query: bytes) -> dict[str, bytes]:
    """Read a query whose values may be bytes of any charset. Raises MalformedWebhook."""
    return {_text(name): value.encode("latin-1") for name, value in _pairs(query)}


def short(field: str, longest: int) -> str:
    """Return a field that is no free text, on one line, at most ``longest`` characters.

    A NUL, or a word longer than its column, is refused by PostgreSQL and not by SQLite.
    """
    if not field.isprintable():  # on the path of each keypress, where it always is
        field = "".join(sign for sign in field if sign.isprintable())
    return field.strip()[:longest]


def _pairs(body: bytes) -> list[tuple[str, str]]:
    """Take a form apart; as Latin-1 each character stands for one byte, decoded only afterwards."""
    try:
        return parse_qsl(
            body.decode("latin-1"),
            keep_blank_values=True,
            encoding="latin-1",
            max_num_fields=FIELDS,
        )
    except ValueError:
        raise MalformedWebhook("too many fields") from None


def _text(field: str) -> str:
    if field.isascii():
        return field
    raw = field.encode("latin-1")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")
