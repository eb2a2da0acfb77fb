"""Lines made of the pieces people really send, and canonical commands, for hypothesis."""

from hypothesis import strategies as st

from flows.command_cards import ALERTS, HOURS, METHODS, PATIENTS, REASONS, SOURCES, TALLIES, VOICES
from flows.command_shapes import Command
from flows.command_slips import CATEGORIES
from flows.command_words import KEYWORDS, VERBS
from flows.numbers import item_number

ITEMS = st.integers(0, 8999).map(lambda drawn: item_number(lambda count: drawn % count))
CODES = st.integers(0, 9999).map("{:04d}".format)
NAMES = st.sampled_from(["tessit", "tin hama", "ouattagouna", "n tillit", "gossi", "labbezanga"])
PLACES = CODES | NAMES
RELAYS = st.integers(100, 999999).map("R{}".format)
AGES = st.integers(10, 59)
SLIPS = st.integers(1, 99).map("{:02d}".format)
DIGITS = st.sampled_from("123456789")
TOLD = ["le", "camion", "arrive", "12", "sacs", "F34", "6143", "feu", "boite", "tessit", "3"]


def told(*more):
    """Words that hold a letter: a number alone is a piece of the command, not words."""
    said = st.lists(st.sampled_from([*TOLD, *more]), min_size=1, max_size=6).map(" ".join)
    return said.filter(lambda words: any(map(str.isalpha, words)))


FREE = told("hier", "menages")
CROWDS = st.none() | st.integers(0, 1_000_000)


def maybe(strategy):
    return st.none() | strategy


def kinds(card, *without):
    return st.sampled_from(sorted(set(card) - set(without)))


def commands(verb, *, number=None, words=None, **given):
    return st.builds(
        Command,
        st.just(verb),
        st.none() if number is None else number,
        st.just("") if words is None else words,
        st.fixed_dictionaries(given),
    )


COUNTED = st.fixed_dictionaries({"slip": st.just("0"), "tally": kinds(TALLIES)})
LEVELS = st.lists(st.tuples(DIGITS, st.integers(0, 9999)), min_size=1, unique_by=lambda one: one[0])
CANONICAL = st.one_of(
    st.just(Command("LISTE")),
    *(commands(verb, number=ITEMS) for verb in ("VOIR", "PRIS", "ANNULE", "VENUE", "ORIENTE")),
    *(commands(verb, number=ITEMS, words=FREE) for verb in ("DIRE", "FINI", "RENVOI", "NOTE")),
    commands("CHOIX", number=ITEMS, choice=st.integers(0, 9)),
    commands("REF", place=PLACES, age=AGES, wish=maybe(DIGITS)),
    commands(
        "ALERTE",
        words=st.just("") | told(),  # neither a day nor a size, which would be read in them
        place=PLACES,
        kind=kinds(ALERTS, "distribution"),
        households=CROWDS,
        persons=CROWDS,
        when=st.sampled_from([None, "today", "yesterday", "week"]),
    ),
    commands("EVAC", place=maybe(PLACES), what=kinds(PATIENTS)),
    commands("VENUE", age=AGES, relay=maybe(RELAYS)),
    commands("DONNE", number=ITEMS, product=maybe(DIGITS)),
    commands("PAS", number=ITEMS, reason=maybe(kinds(REASONS))),
    LEVELS.map(lambda levels: Command("STOCK", given={"levels": [list(one) for one in levels]})),
    st.just(Command("STOCK", given={"same": True})),
    commands("RUPTURE", product=DIGITS),
    commands(
        "LV",
        words=st.just("") | FREE,
        slip=SLIPS,
        place=PLACES,
        category=st.sampled_from(sorted(CATEGORIES)),
        sex=st.sampled_from([None, "F", "M"]),
        age=maybe(st.integers(0, 120)),
        source=kinds(SOURCES),
    ),
    COUNTED.map(lambda given: Command("LV", given=given)),
    commands(
        "PRIVE",
        slip=SLIPS,
        place=st.sampled_from(["ansongo", "gao", "gourma rharous", "6143"]),
        hour=maybe(kinds(HOURS)),
        voice=maybe(kinds(VOICES)),
    ),
    commands("PERDU", agent=RELAYS),
    commands("AIDE", about=st.sampled_from(sorted(VERBS))),
)

SPELLINGS = [one for table in (VERBS, KEYWORDS) for words in table.values() for one in words]
CARDS = [
    one
    for card in (ALERTS, HOURS, METHODS, PATIENTS, REASONS, SOURCES, TALLIES, VOICES)
    for words in card.values()
    for one in words
]
PIECES = st.one_of(
    st.sampled_from(SPELLINGS),
    st.sampled_from(CARDS),
    st.sampled_from(["ans", "menages", "pers", "R", "F34", ":", ",", "-5", "?", "trois", "fila"]),
    st.sampled_from(["70000001", "+22370000001", "le", "de", "tessit", "svp", "10", "0", "vivres"]),
    ITEMS, CODES, DIGITS, AGES.map(str), SLIPS, NAMES,
)  # fmt: skip
LINES = st.tuples(
    st.sampled_from(SPELLINGS) | ITEMS | st.just(""), st.lists(PIECES, max_size=7)
).map(lambda said: " ".join([said[0], *said[1]]))
