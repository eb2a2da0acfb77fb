"""The console's words in other languages: PO catalogs beside this file, read as they are.

Nothing has to be compiled before the console starts. No request is known here.
"""

import io
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

_FOLDER = Path(__file__).parent / "locale"


@cache
def catalog(language: str) -> NullTranslations:
    """Return the words of a language of the console; none of French, which the pages say."""
    path = _FOLDER / language / "console.po"
    if not path.exists():
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Translations(compiled)
