"""In which language a page is, and how it says dates and numbers.

French stands in templates and code; other languages are PO catalogs beside this file, read as
they are: nothing has to be compiled before the console starts.
"""

import io
from functools import lru_cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, request, session
from flask_babel import Babel, Domain, get_locale

LANGUAGES = ("fr", "en")
CHOSEN = "language"
_FOLDER = Path(__file__).parent / "locale"
ZONE = "Africa/Bamako"  # UTC all year, and said on each page


class Catalogs(Domain):  # type: ignore[misc]
    """The console's words, from its PO files."""

    def get_translations(self) -> NullTranslations:
        """Return the words of the page's language."""
        return _catalog(str(get_locale() or LANGUAGES[0]))


def use(app: Flask) -> None:
    """Let the pages of ``app`` speak the language of whoever looks."""
    babel = Babel(app, default_locale=LANGUAGES[0], default_timezone=ZONE, locale_selector=chosen)
    babel.domain_instance = Catalogs()


def chosen() -> str:
    """Return the language of this page: as chosen here, else as the browser asks, else French."""
    said = session.get(CHOSEN)
    if said in LANGUAGES:
        return str(said)
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


@lru_cache(maxsize=len(LANGUAGES))
def _catalog(language: str) -> NullTranslations:
    path = _FOLDER / language / "console.po"
    if not path.exists():
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Translations(compiled)
