"""Words somebody typed that no text may give back: a product, a service, or what was done to whom.

A reply that quotes them would stand on a phone that others take in hand (field.md 5, rule of the
referral path). In doubt a word is not given back: who typed it knows it.
"""

from flows.command_cards import METHODS
from flows.place_names import words_of
from flows.sensitivity import words_class

_BEGINNING = 4  # letters that are enough to guess the rest: implan, steril, piqur
_CARD = frozenset("123456")  # 7 to 9 stand for words that say nothing by themselves
_BRANDS_AND_SERVICES = """
    jadelle implanon nexplanon sayana depo provera noristerat microgynon norlevo contraceptif
    contraception planning planification condom capote pilulle aiguille injectable ligature
    vasectomie avortement grossesse enceinte regles
"""
_METHODS = {word for digit in _CARD for word in METHODS[digit] if word.isalpha()}
_TELLING = frozenset(_METHODS | set(_BRANDS_AND_SERVICES.split()))
_BEGINNINGS = frozenset(word[:_BEGINNING] for word in _TELLING if len(word) >= _BEGINNING)


def gives_away(said: str) -> bool:
    """Tell whether ``said`` names a product or a service, or says what few may know."""
    words = words_of(said)
    named = any(word in _TELLING or word[:_BEGINNING] in _BEGINNINGS for word in words)
    return named or words_class(said) is not None
