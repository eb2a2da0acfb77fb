"""What words speak of: concepts of the French lexicon, found in many spellings, and its rules.

Attested words of the national languages stand for the same concepts, so that a message in French
with words of Bambara is understood. A short one counts only where its language is heard.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

from flows.command_words import one_letter_wrong
from flows.doubt import Marks, stretches
from flows.french import as_one_does, prefix_sounds, sound, spelt_out, without_elision
from flows.listed_words import LEXICONS, document, spelt

WINDOW = 6  # words, small ones left out, within which two things belong together
BESIDE = 2  # one word may stand between a verb and whom it is done to: "demande (une jeune) fille"
TOLERATED_LENGTH = 6  # sounds a word must have before one of them may be wrong
UNMISTAKABLE = 5  # letters from which an attested word is read whatever language is heard
NUMBER = "number"  # the concept that every run of digits is
YOUNG = "young"  # the concept of an age under 18, said in figures or in words
AMOUNT = "amount"  # the concept of figures that are round as a sum in francs is
_CHILDHOOD = range(7, 18)  # below, parents ask for milk and vaccines
_FRANCS = range(200, 1_000_000, 25)
_DIGITS = 9  # that are looked at; a longer run is no age and no sum
_YEARS = (["ans"], ["an"])

Attested = tuple[str, tuple[str, ...]]  # a concept, and the words that mean it
Span = tuple[int, int]  # first word of a thing, and the one after its last
Found = Mapping[str, list[Span]]


@dataclass(frozen=True, slots=True)
class Heard:
    """What the lexicon finds: score by category, who is named, alarms by their names.

    ``stretches``: what is said there, for the weighing of flows/doubt.py.
    """

    scores: Mapping[str, int]
    about: frozenset[str]
    alarms: frozenset[str]
    stretches: Sequence[Marks] = ()


@dataclass(frozen=True, slots=True)
class _Pattern:
    """Words of a concept, one after the other: ``word*`` may go on, ``=word`` is spelt just so."""

    concept: str
    elements: tuple[str, ...]

    def stands_at(self, heard: Sequence[set[str]]) -> bool:
        return len(self.elements) <= len(heard) and all(
            element in candidates for element, candidates in zip(self.elements, heard, strict=False)
        )


class Lexicon:
    """The French lexicon, ready to be searched. Built once from its YAML document.

    ``attested``: words of other languages for the same concepts, folded.
    """

    def __init__(self, document: Mapping[str, Any], attested: Iterable[Attested] = ()) -> None:
        self._shorthand: Mapping[str, str] = document["shorthand"]
        self._small = frozenset(document["small_words"].split())
        self._patterns: defaultdict[str, list[_Pattern]] = defaultdict(list)
        self._ear = _Ear()
        for part, tolerant in (("concepts", True), ("exact_concepts", False)):
            for concept, spellings in document[part].items():
                self._learn(concept, spellings, tolerant=tolerant)
        for concept, words in attested:
            self._learn(concept, " ".join(f"={word}" for word in words), tolerant=False)
        self._rules = {
            part: {name: [Rule(text) for text in rules] for name, rules in document[part].items()}
            for part in ("categories", "about", "alarms")
        }

    @property
    def concepts(self) -> frozenset[str]:
        """Return the names of the concepts that it can find."""
        patterns = (pattern for some in self._patterns.values() for pattern in some)
        return frozenset({NUMBER, AMOUNT}.union(pattern.concept for pattern in patterns))

    def hear(self, words: str) -> Heard:
        """Return what ``words`` speak of. Deterministic; any text is allowed."""
        said = [w for w in spelt_out(words, self._shorthand) if w not in self._small]
        found = self._find(said)
        scores = {
            category: max(rule.score(found) for rule in rules)
            for category, rules in self._rules["categories"].items()
        }
        return Heard(
            {category: score for category, score in scores.items() if score},
            self._named("about", found),
            self._named("alarms", found),
            stretches(said, found),
        )

    def _named(self, part: str, found: Found) -> frozenset[str]:
        rules = self._rules[part].items()
        return frozenset(name for name, some in rules if any(rule.score(found) for rule in some))

    def _learn(self, concept: str, spellings: str, *, tolerant: bool) -> None:
        for spelling in spellings.split(","):
            elements = tuple(word for word in spelling.split() if word not in self._small)
            self._patterns[elements[0]].append(_Pattern(concept, elements))
            for element in elements:
                self._ear.learn(element, tolerant=tolerant)

    def _find(self, said: Sequence[str]) -> Found:
        heard = [self._ear.hear(word) for word in said]
        found: defaultdict[str, list[Span]] = defaultdict(list)
        for start, elements in enumerate(heard):
            for concept in _of_figures(said, start):
                found[concept].append((start, start + 1))
            for pattern in (pattern for one in elements for pattern in self._patterns[one]):
                if pattern.stands_at(heard[start:]):
                    found[pattern.concept].append((start, start + len(pattern.elements)))
        return found


class _Ear:
    """Finds which words of the lexicon one typed word may be."""

    def __init__(self) -> None:
        self._literal: dict[str, str] = {}
        self._whole: defaultdict[str, set[str]] = defaultdict(set)
        self._begun: defaultdict[str, set[str]] = defaultdict(set)
        self._nearly: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)

    def learn(self, element: str, *, tolerant: bool) -> None:
        if element.startswith("="):
            self._literal[element[1:]] = element
            return
        begun = element.endswith("*")
        table = self._begun if begun else self._whole
        for heard in prefix_sounds(element[:-1]) if begun else {sound(element)}:
            table[heard].add(element)
            if tolerant and len(heard) >= TOLERATED_LENGTH:
                for shorter in _shortened(heard):
                    self._nearly[shorter].add((heard, element))

    def hear(self, word: str) -> set[str]:
        elements = (
            self._exactly(word)
            or self._exactly(without_elision(word))
            or self._exactly(as_one_does(word))
        )
        if elements or len(word) < TOLERATED_LENGTH:
            return elements
        return self._almost(sound(word)) or self._almost(sound(without_elision(word)))

    def _exactly(self, word: str) -> set[str]:
        heard = sound(word)
        spelt = {self._literal[word]} if word in self._literal else set()
        begun = (self._begun.get(heard[:end], ()) for end in range(2, len(heard) + 1))
        return spelt.union(self._whole.get(heard, ()), *begun)

    def _almost(self, heard: str) -> set[str]:
        elements = set()
        for end in range(TOLERATED_LENGTH - 1, len(heard) + 1):
            said = heard[:end]
            for meant, element in set().union(*(self._nearly.get(s, ()) for s in _shortened(said))):
                whole = end == len(heard) or (element.endswith("*") and said[-1] == meant[-1])
                if whole and one_letter_wrong(said, meant):
                    elements.add(element)
        return elements


class Rule:
    """A condition on what was found: ``aid, not>received, !card``.

    Terms are all required: ``a|b`` either, ``a>b`` b soon after a, ``a+b`` b right after a but for
    one word, ``a~b`` near, ``!a`` absent.
    """

    def __init__(self, text: str) -> None:
        self._terms = [_Term(term.strip()) for term in text.split(",")]

    def score(self, found: Found) -> int:
        """Return how many concepts hold the rule together, or 0 where it does not hold."""
        total = 0
        for term in self._terms:
            strength = term.strength(found)
            if strength is None:
                return 0
            total += strength
        return total


class _Term:
    """One condition of a rule, taken apart once: a lexicon is asked for every message."""

    def __init__(self, text: str) -> None:
        self._absent = text.startswith("!")
        self._ordered = "~" not in text
        self._within = BESIDE if "+" in text else WINDOW
        self._sides = [side.split("|") for side in re.split("[>~+]", text.removeprefix("!"))]

    def strength(self, found: Found) -> int | None:
        """Return how many concepts it joins, or None where it does not hold."""
        sides = [_spans(side, found) for side in self._sides]
        if self._absent:
            return None if sides[0] else 0
        if not all(sides):
            return None
        if len(sides) == 1 or any(self._near(a, b) for a, b in product(*sides)):
            return len(sides)
        return None

    def _near(self, first: Span, second: Span) -> bool:
        if second[0] >= first[1]:
            return second[0] - first[1] < self._within
        return not self._ordered and first[0] >= second[1] and first[0] - second[1] < self._within


def _spans(names: Sequence[str], found: Found) -> list[Span]:
    return [span for name in names for span in found.get(name, ())]


def _of_figures(said: Sequence[str], place: int) -> Iterator[str]:
    """Give what the word at ``place`` is as figures: nothing where it is no number."""
    if not said[place].isdecimal():
        return
    yield NUMBER
    figures = int(said[place][:_DIGITS])
    said_of_me = place == len(said) - 1 and said[:place][-1:] == ["j"]  # "j'ai 13", and no more
    if figures in _CHILDHOOD and (said_of_me or said[place + 1 : place + 2] in _YEARS):
        yield YOUNG
    if figures in _FRANCS:
        yield AMOUNT


def _shortened(word: str) -> Iterator[str]:
    yield word
    yield from (word[:place] + word[place + 1 :] for place in range(len(word)))


def lexicon(heard: Collection[str] = ()) -> Lexicon:
    """Return the lexicon of the package, for words in which these languages are heard."""
    return _built(frozenset(LEXICONS).intersection(heard))


@cache
def _built(known: frozenset[str]) -> Lexicon:
    return Lexicon(document("fr"), [one for code in LEXICONS for one in _attested(code, known)])


def _attested(code: str, known: frozenset[str]) -> Iterator[Attested]:
    for concept, entries in document(code)["concepts"].items():
        for words in (words for entry in entries for words in spelt(entry["word"])):
            if code in known or len("".join(words)) >= UNMISTAKABLE:
                yield concept, words
