"""A screen, an answer or an SMS as the network can carry it: spelling and paging."""

import unicodedata
from collections.abc import Iterator

from flows import gsm7

SCREEN_LIMIT = 160
ANSWER_LIMIT = 140  # leaves room for the two lines of keys on every page of an answer
UNSHOWN = "*"  # stands for a sign no phone of ours shows; "?" would make a question of it

_BREAKS = str.maketrans("", "", "\n\t")
_LETTERS = frozenset("LMN")  # first letter of the Unicode categories a word is made of


def render_screen(text: str, limit: int = SCREEN_LIMIT, *, wide: bool = False) -> str:
    """Return one screen of at most ``limit`` septets; too long lines lose their ends.

    Every line keeps its beginning, so that no choice disappears from a menu. Letters outside GSM-7
    stay only on a ``wide`` channel, which carries UCS-2.
    """
    size = gsm7.septets(text)
    if size is not None and size <= limit:
        return text
    spelt = spell(text) if wide else narrowed(text)
    return spelt if fits(spelt, limit) else _shorten(spelt, limit)


def answer_pages(text: str, limit: int = ANSWER_LIMIT) -> list[str]:
    """Return an answer as pages of at most ``limit`` septets, keys not included.

    Cuts between words, inside a word only if it is longer than a page.
    """
    return _fill(_words(spell(text)), limit)


def render_sms(text: str) -> str:
    """Return ``text`` for an SMS: one kind of line end, no control signs, safe spelling.

    What GSM-7 lacks stays until it is known which channel sends it (`narrowed`).
    """
    return gsm7.safe(_tidy(text))


def narrowed(text: str) -> str:
    """Return ``text`` in GSM-7 whatever it holds; a run of signs it lacks becomes one mark."""
    whole = gsm7.safe(_tidy(text))
    if gsm7.septets(whole) is not None:
        return whole
    signs = (" " if sign.isspace() and sign != "\n" else gsm7.safe(sign) for sign in whole)
    return gsm7.OUTSIDE.sub(UNSHOWN, "".join(signs))


def spell(text: str) -> str:
    """Return ``text`` in GSM-7 wherever a sign allows it; letters of other scripts stay."""
    whole = gsm7.safe(_tidy(text))
    if gsm7.septets(whole) is not None:
        return whole
    return "".join(_spell_sign(sign) for sign in whole)


def fits(text: str, limit: int) -> bool:
    """Tell whether ``text`` fits where ``limit`` septets fit: 16 bits a unit outside GSM-7."""
    size = gsm7.septets(text)
    return size <= limit if size is not None else gsm7.units(text) <= limit * 7 // 16


def _tidy(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    whole = unicodedata.normalize("NFC", lines)
    if whole.translate(_BREAKS).isprintable():
        return whole  # most texts: what can be printed holds no control sign
    return "".join(sign for sign in whole if sign in "\n\t" or unicodedata.category(sign)[0] != "C")


def _spell_sign(sign: str) -> str:
    spelt = gsm7.safe(sign)
    if gsm7.septets(spelt) is not None or unicodedata.category(sign)[0] in _LETTERS:
        return spelt
    return " " if sign.isspace() else UNSHOWN


def _words(text: str) -> Iterator[tuple[str, str]]:
    for line in text.split("\n"):
        between = "\n"
        for word in line.split():
            yield between, word
            between = " "


def _fill(words: Iterator[tuple[str, str]], limit: int) -> list[str]:
    """Fill pages with (what stands before, word); a word too long falls into its signs."""
    pages: list[str] = []
    waiting = list(words)[::-1]
    while waiting:
        between, piece = waiting.pop()
        longer = f"{pages[-1]}{between}{piece}" if pages else piece
        if fits(longer, limit):
            pages[-1:] = [longer]
        elif fits(piece, limit) or len(piece) <= 1:
            pages.append(piece)
        else:
            waiting += [*(("", sign) for sign in piece[:0:-1]), (between, piece[0])]
    return pages or [""]


def _shorten(text: str, limit: int) -> str:
    lines = [line.rstrip() for line in text.split("\n")]
    for width in range(max(map(len, lines)), 0, -1):
        shorter = "\n".join(line[:width].rstrip() for line in lines)
        if fits(shorter, limit):
            return shorter
    return answer_pages(text, limit)[0]
