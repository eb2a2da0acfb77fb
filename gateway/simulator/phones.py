"""The phones of the demo: who holds which test number."""

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.simulator.errors import UnknownPhone

RANGE = "+2237000"  # the only numbers the network of the demo knows: four digits follow
DEFAULTS = ("0001", "0111", "0151")  # a speaker, a health centre, the independent cell


@dataclass(frozen=True, slots=True)
class Phone:
    """One phone of the demo: four last digits, who holds it, and in which group it is listed."""

    short: str
    name: str
    role: str
    group: str

    @property
    def number(self) -> str:
        """Give the number as E.164."""
        return RANGE + self.short

    @property
    def shown(self) -> str:
        """Give the number as people write it in Mali."""
        return f"+223 7000 {self.short}"


SPEAKERS = tuple(
    Phone(f"{digit:04}", f"Personne {digit}", "parle, sans nom", "Les personnes")
    for digit in range(1, 10)
)

HEALTH = (
    Phone("0101", "CSCOM de Tessit", "responsable du centre", "La santé"),
    Phone("0102", "CSCOM de Tessit", "maternité", "La santé"),
    Phone("0103", "CSCOM de Tessit", "magasin", "La santé"),
    Phone("0104", "CSCOM de Tessit", "véhicule", "La santé"),
    Phone("0107", "CSCOM de Bara", "maternité et magasin", "La santé"),
    Phone("0111", "CSRef d'Ansongo", "médecin-chef (MCD)", "La santé"),
    Phone("0112", "CSRef d'Ansongo", "sage-femme, planification", "La santé"),
    Phone("0113", "CSRef d'Ansongo", "magasin", "La santé"),
    Phone("0114", "CSRef de Goundam", "médecin-chef (MCD)", "La santé"),
    Phone("0115", "CSRef de Ténenkou", "médecin-chef (MCD)", "La santé"),
    Phone("0116", "CSRef de Koulikoro", "médecin-chef (MCD)", "La santé"),
    Phone("0117", "CSRef d'Ansongo", "ambulance", "La santé"),
    Phone("0161", "DRS de Gao", "direction régionale", "La santé"),
    Phone("0162", "DRS de Tombouctou", "direction régionale", "La santé"),
    Phone("0163", "DRS de Mopti", "direction régionale", "La santé"),
    Phone("0164", "DRS de Koulikoro", "direction régionale", "La santé"),
)

ORGANISATIONS = (
    Phone("0121", "ONG A", "MEAL, distribue à Ansongo", "Les organisations"),
    Phone("0122", "ONG B", "MEAL, jumelée avec ONG A", "Les organisations"),
    Phone("0123", "ONG C", "MEAL", "Les organisations"),
    Phone("0131", "SLDSES d'Ansongo", "développement social", "Les organisations"),
    Phone("0132", "CAP d'Ansongo", "éducation", "Les organisations"),
    Phone("0133", "SAP d'Ansongo", "alerte précoce", "Les organisations"),
    Phone("0134", "DRDSES de Gao", "développement social", "Les organisations"),
    Phone("0141", "RRM d'Ansongo", "partenaire de garde", "Les organisations"),
    Phone("0142", "RRM du Centre", "partenaire de garde", "Les organisations"),
    Phone("0143", "Protection Nord", "point focal", "Les organisations"),
)

CELL = (
    Phone("0151", "Cellule indépendante", "tri, de garde", "La cellule"),
    Phone("0152", "Cellule indépendante", "superviseur", "La cellule"),
    Phone("0153", "Cellule indépendante", "intégrité", "La cellule"),
    Phone("0154", "Cellule indépendante", "PSEA", "La cellule"),
    Phone("0155", "Cellule indépendante", "VBG, enfants : une femme", "La cellule"),
    Phone("0156", "Service VBG Nord", "VBG, enfants : un homme", "La cellule"),
    Phone("0159", "Organisme extérieur", "hors du programme", "La cellule"),
)

FIELD = (
    Phone("0201", "Relais R128", "Tessit", "Le terrain"),
    Phone("0202", "Relais R129", "Talataye", "Le terrain"),
    Phone("0301", "Ligne verte", "opérateur", "Le terrain"),
)

PHONES = (*SPEAKERS, *HEALTH, *ORGANISATIONS, *CELL, *FIELD)


def full_number(typed: str) -> str:
    """Give the E.164 number of a phone named ``0001``, ``7000 0001`` or in full.

    Raises UnknownPhone for anything outside the test numbers.
    """
    digits = "".join(character for character in typed if character not in " +.-")
    digits = digits.removeprefix("00") if len(digits) > 8 else digits
    digits = digits.removeprefix("223") if len(digits) == 11 else digits
    digits = digits.removeprefix("7000") if len(digits) == 8 else digits
    if len(digits) != 4 or not (digits.isascii() and digits.isdigit()):
        raise UnknownPhone("not one of the test numbers +223 7000 0000 to 9999")
    return RANGE + digits


def groups(phones: tuple[Phone, ...] = PHONES) -> Iterator[tuple[str, list[Phone]]]:
    """Yield each group with its phones, in the order they are first met."""
    for name in dict.fromkeys(phone.group for phone in phones):
        yield name, [phone for phone in phones if phone.group == name]
