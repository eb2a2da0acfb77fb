"""In which language a page is, and how it says dates and numbers.

French stands in templates and code; other languages are PO catalogs (``word_files``).
"""

from babel.support import NullTranslations
from flask import Flask, request, session
from flask_babel import Babel, Domain, get_locale

from gateway.console.word_files import catalog

LANGUAGES = ("fr", "en")
CHOSEN = "language"
ZONE = "Africa/Bamako"  # UTC all year, and said on each page


class Catalogs(Domain):  # type: ignore[misc]
    """The console's words, from its PO files."""

    def get_translations(self) -> NullTranslations:
        """Return the words of the page's language."""
        return catalog(str(get_locale() or LANGUAGES[0]))


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
