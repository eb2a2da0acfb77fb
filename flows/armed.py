"""Cuts out where armed people are, before anybody else reads it (field.md 1, row 13).

A telephone that told their place can kill whoever holds it. In doubt a sentence goes: what
happened, where and how many are told by digits.
"""

import re

from flows.place_names import fold, words_of

CUT = "[coupe]"
UNNAMED = "..."

_ARMED_WORDS = """
    arme armes armee armees bandit bandits djihadiste djihadistes jihadiste jihadistes
    terroriste terroristes militaire militaires soldat soldats fama famas milice milices milicien
    miliciens dozo dozos gendarme gendarmes assaillant assaillants attaquant attaquants rebelle
    rebelles combattant combattants mercenaire mercenaires wagner gatia cma mnla jnim eigs katiba
    checkpoint barrage barrages patrouille patrouilles kalach kalachs kalachnikov fusil fusils
    coupeur coupeurs ravisseur ravisseurs
"""
_WHERE_WORDS = """
    a au aux vers pres cote cotes route routes sortie entree entre nord sud ouest foret brousse
    colline collines dune dunes fleuve pont marche km kilometre kilometres derriere devant dans sur
    sous chez camp campe campent base bases basent poste postes position positions ici la bas
    village villages hameau puits mare passent passe viennent vient arrivent arrive restent reste
    dorment dort cachent cache cachent traversent partis parti direction environs zone lieu
    checkpoint barrage barrages patrouille patrouilles
"""
_STATE_WORDS = """
    prefet prefets prefecture sousprefet sousprefets sousprefecture gouverneur gouvernorat
    gouvernement etat ministre ministere maire mairie administration police policier policiers
    gendarmerie douane onu minusma barkhane garde gardes sap sldses drdses
"""
_ARMED = frozenset(_ARMED_WORDS.split())
_WHERE = frozenset(_WHERE_WORDS.split())
_STATE = frozenset(_STATE_WORDS.split()) | _ARMED
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SENTENCE = re.compile(r"[^.!?;\n]*[.!?;\n]*")


def without_armed(words: str) -> str:
    """Return ``words`` with every sentence that says where armed people are replaced by [coupe]."""
    kept = "".join(map(_judged, _SENTENCE.findall(words)))
    return re.sub(rf"(?:{re.escape(CUT)}\s*)+", f"{CUT} ", kept).strip()


def unnamed(words: str) -> str:
    """Return ``words`` without the State and its arms by name.

    Whoever is searched at a check-point has such a text on the phone (field.md 1, row 13).
    """
    return _WORD.sub(lambda one: UNNAMED if fold(one.group()) in _STATE else one.group(), words)


def _judged(sentence: str) -> str:
    said = set(words_of(sentence))
    return f"{CUT} " if said & _ARMED and said & _WHERE else sentence
