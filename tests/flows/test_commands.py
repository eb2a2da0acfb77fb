"""The one-line SMS: lines as registered people and speakers really type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import command_words
from flows.command_forms import ON_NUMBERS
from flows.command_items import SAYS_MORE
from flows.commands import (
    Command,
    Puzzle,
    bare_number,
    complete,
    keyword,
    read,
    read_all,
    read_back,
)
from flows.loader import load

N, R = "15736", "47322"
ROLES = tuple(command_words.VERBS_OF)
AGENT_VERBS = ("VOIR", "PRIS", "DIRE", "FINI", "RENVOI", "NOTE", "ANNULE")


def said_back(line, roles=ROLES):
    """What a line is read as: canonical lines, "? word: why", or nothing."""
    return [
        read_back(one) if isinstance(one, Command) else f"? {one.word}: {one.why}"
        for one in read_all(line, roles)
    ]


# field.md 6.2, "Real lines to test", every one of them.
REAL_LINES = {
    "ref tessit 24 implant": ["REF tessit 24 3"],
    "REF6143 24": ["REF 6143 24"],
    "reference 47322 est venu": ["VENUE 47322"],
    "47322 arriver": ["VENUE 47322"],
    "donner 47322 piqur": ["? donner: word"],  # DONNE is never reached by tolerance
    "pa 47322 ruptur": ["? pa: word"],  # two letters: never tolerated
    "Bsr 15736 c bon": ["? c: word"],
    "FAIT": ["? FAIT: word"],
    "oui": ["? oui: word"],
    "rien": ["? rien: word"],
    "1573": ["? 1573: number"],
    "I5736": ["VOIR 15736"],
    "REF 6143 24 3 REF 6143 19": ["REF 6143 24 3", "REF 6143 19"],
    "hier 3 femme venu": [],
}
MANY = {
    "PRIS 15736 PRIS 47322": ["PRIS 15736", "PRIS 47322"],
    "VENUE 47322. VENUE 24 R128": ["VENUE 47322", "VENUE 24 R128"],
    "47322 2 15736 1": ["47322 2", "15736 1"],
    "47322 15736 47322": ["VOIR 47322", "VOIR 15736"],
    "REF 6143 24 REF tessit": ["REF 6143 24", "? REF: missing"],
    "DIRE 15736 pris note par dire": ["DIRE 15736 pris note par dire"],
    "FINI 15736 FINI 47322": ["FINI 15736 FINI 47322"],  # the words of an answer are hers to read
}


@pytest.mark.parametrize(("line", "expected"), REAL_LINES.items())
def test_real_lines(line, expected):
    assert said_back(line) == expected


@pytest.mark.parametrize(("line", "expected"), MANY.items())
def test_several_commands_of_codes_may_stand_in_one_sms(line, expected):
    assert said_back(line) == expected


READINGS = {
    # relay: any order, code or name, digit or word
    "REF 6143 24 3": "REF 6143 24 3",
    "REF 24 6143 3": "REF 6143 24 3",
    "ref 3 24 tessit": "REF tessit 24 3",
    "referer 6143 24 ans souhait 3": "REF 6143 24 3",
    "orienter 6143 24": "REF 6143 24",
    "REF: Tin Hama, 24 ans, stérilet": "REF tin hama 24 4",
    "REF au village de Tessit 24": "REF tessit 24",
    "REF N'Tillit 24": "REF n tillit 24",
    "REF 6143 vingt-quatre": "REF 6143 24",
    "REF 6143 vingt quatre trois": "REF 6143 24 3",
    "REF ٦١٤٣ ٢٤": "REF 6143 24",
    "REF 6143 24 pillule": "REF 6143 24 1",
    "REF 6143 24 saba": "REF 6143 24 3",
    "REF 6143 24 3 implant": "REF 6143 24 3",
    "REF 3 implant 24 tessit": "REF tessit 24 3",
    "ALERTE 6143 3 120 menages": "ALERTE 6143 3 120 menages",
    "alert 120 menages 6143 fuite": "ALERTE 6143 3 120 menages",
    "ALLERTE tessit feu hier": "ALERTE tessit 2 HIER",
    "alerte inondation a tessit 40 familles": "ALERTE tessit 1 40 menages",
    "ALERTE 6143 7 1": "ALERTE 6143 71",
    "ALERTE 6143 76": "ALERTE 6143 76",
    "ALERTE 6143 loin": "ALERTE 6143 74",
    "ALERTE 6143 5 350 pers vomissements": "ALERTE 6143 5 350 pers: vomissements",
    "ALERTE 6143 3 120": "ALERTE 6143 3: 120",
    "ALERTE 6143 feu 12 cases brulees": "ALERTE 6143 2: 12 cases brulees",
    "ALERTE 6143 3 cent vingt menages": "ALERTE 6143 3 120 menages",
    "alertee 6143 feu": "ALERTE 6143 2",
    "EVAC 6143 1": "EVAC 6143 1",
    "EVAC 6143": "EVAC 6143 5",
    "EVAC 6143 7": "EVAC 6143 5",
    "EVAC 6143 1 grossesse": "EVAC 6143 1",
    "EVAC 1": "EVAC 1",
    "EVAC": "EVAC 5",
    "urgent blesse": "EVAC 4",
    "evacuer accouchement tessit": "EVAC tessit 1",
    "urgent enfant tres malade a tessit": "EVAC tessit 2",
    "ambulance 6143": "EVAC 6143 5",
    # centre
    "VENUE 47322": "VENUE 47322",
    "est venue 47322": "VENUE 47322",
    "47322 arrivee": "VENUE 47322",
    "arr 47322": "VENUE 47322",
    "VENUE 24 R128": "VENUE 24 R128",
    "VENUE R128 24 ans": "VENUE 24 R128",
    "venue 24 128": "VENUE 24 R128",
    "VENUE 24": "VENUE 24",
    "DONNE 47322 3": "DONNE 47322 3",
    "DONNE 3 47322": "DONNE 47322 3",
    "servie 47322 pilule": "DONNE 47322 1",
    "47322 servi implant": "DONNE 47322 3",
    "eu 47322": "DONNE 47322",
    "PAS 47322 1": "PAS 47322 1",
    "non 47322": "PAS 47322",
    "pas servie 47322 enceinte": "PAS 47322 5",
    "rupture 47322": "PAS 47322 1",
    "refus 47322": "PAS 47322",
    "ORIENTE 47322": "ORIENTE 47322",
    "vers csref 47322": "ORIENTE 47322",
    "47322 envoye au csref": "ORIENTE 47322",
    "47322 2": "47322 2",
    "47322 puis 2": "47322 2",
    "47322 deux": "47322 2",
    "47 322 2": "47322 2",
    "47322 2 3": "47322 2 3",
    "47322 3 1": "47322 3 1",
    "STOCK 3 12": "STOCK 3 12",
    "STOK 2 40 3 0": "STOCK 2 40 3 0",
    "stock 3=12, 2=40": "STOCK 3 12 2 40",
    "stock implant 12 pilule 40": "STOCK 3 12 1 40",
    "stock 12 implants 40 pilules": "STOCK 3 12 1 40",
    "STOCK OK": "STOCK OK",
    "RUPTURE 3": "RUPTURE 3",
    "rupture implant": "RUPTURE 3",
    "FINI 3": "RUPTURE 3",
    "il n'y a plus d'implant": "RUPTURE 3",
    "rupture 3 5": "STOCK 3 0 5 0",
    # operator
    "LV 07 6143 12 F34 Rations incompletes": "LV 07 6143 12 F34: Rations incompletes",
    "LV 7 F34 12 6143 Rations": "LV 07 6143 12 F34: Rations",
    "lv 07 tessit 12 34 F Rations": "LV 07 tessit 12 F34: Rations",
    "BOITE 07 6143 191 H loin": "LV BOITE 07 6143 191 M: loin",
    "LV AG 07 6143 7": "LV AG 07 6143 7",
    "comite 07 6143 12 34 sacs manquent": "LV COMITE 07 6143 12: 34 sacs manquent",
    "LV 07 6143 12 34 ans": "LV 07 6143 12 34 ans",
    "LV 0 MUET": "LV 0 MUET",
    "lv blague": "LV 0 BLAGUE",
    "PRIVE 08 ANSONGO SOIR FEMME": "PRIVE 08 ansongo SOIR FEMME",
    "LV PRIVE 08 FEMME ANSONGO SOIR": "PRIVE 08 ansongo SOIR FEMME",
    "confid 8 gao": "PRIVE 08 gao",
    "PRIVE 08 Gourma-Rharous jour de foire": "PRIVE 08 gourma rharous FOIRE",
    # supervisor, everybody
    "PERDU R128": "PERDU R128",
    "vole r-128": "PERDU R128",
    "AIDE REF": "AIDE REF",
    "help stock": "AIDE STOCK",
    "PRIVE ?": "AIDE PRIVE",
    "? DIRE": "AIDE DIRE",
    "stock rien de change": "STOCK OK",
}


@pytest.mark.parametrize(("line", "expected"), READINGS.items())
def test_what_is_sure_is_parsed(line, expected):
    assert said_back(line) == [expected]


PUZZLES = {
    "REF 6143 24 0": ("0", "wish"),
    "REF 6143 24 xyz": ("xyz", "wish"),
    "REF 614 24": ("614", "place"),
    "REF 47322 24": ("47322", "place"),
    "REF 47322 2": ("47322", "place"),
    "REF 6143 77": ("77", "age"),
    "ALERTE 6143 9": ("9", "kind"),
    "ALERTE 6143 77": ("77", "kind"),
    "VENUE 3": ("3", "age"),
    "VENUE 47323": ("47323", "number"),
    "DONNE 47322 12": ("12", "product"),
    "PAS 47322 8": ("8", "reason"),
    "STOCK 99 4": ("99", "product"),
    "STOCK 3 99999": ("99999", "quantity"),
    "STOCK 3 -5": ("5", "quantity"),
    "STOCK 3 12 3 10": ("3", "product"),
    "RUPTURE 12": ("12", "product"),
    "LV 07 6143 99 F34": ("99", "category"),
    "LV 07 6143 93 F34": ("93", "category"),
    "LV 100 6143 12": ("100", "slip"),
    "PRIVE 108 GAO": ("108", "slip"),
    "PERDU Moussa": ("Moussa", "agent"),
    "47322 12": ("12", "word"),
    "REFF 6143 24 3": ("REFF", "word"),
    "PRES 15736": ("PRES", "word"),
    "47322 2026": ("2026", "word"),
    "PERDUE R128": ("PERDUE", "word"),
    "FAIT": ("FAIT", "word"),
    "ok merci": ("ok", "word"),
    "PRIS 70000001": ("[numero]", "number"),
}


@pytest.mark.parametrize(("line", "expected"), PUZZLES.items())
def test_the_word_that_is_wrong_is_named(line, expected):
    found = read(line)
    assert isinstance(found, Puzzle)
    assert (found.word, found.why) == expected


MISSING = {
    "PRIS": ("number",),
    "RENVOI svp": ("number",),
    "DIRE": ("number",),
    "DIRE 15736": ("words",),
    "NOTE 15736 .": ("words",),
    "REF": ("place", "age"),
    "REF 6143": ("age",),
    "REF 24": ("place",),
    "REF tessit": ("age",),
    "ALERTE 6143": ("kind",),
    "ALERTE 6143 7": ("kind",),
    "ALERTE feu": ("place",),
    "ALERTE 6143 manque d'eau": ("kind",),
    "ALERTE 1 eau": ("place",),
    "URGENT": ("place",),
    "VENUE": ("number",),
    "DONNE 3": ("number",),
    "STOCK": ("levels",),
    "STOCK 3": ("quantity",),
    "STOCK 3 12 4": ("quantity",),
    "RUPTURE": ("product",),
    "LV": ("slip", "place", "category"),
    "LV 07": ("place", "category"),
    "LV 07 6143": ("category",),
    "LV 6143 12 F34 rations": ("slip",),
    "LV 07 12 F34 rations incompletes": ("place",),
    "LV 0": ("tally",),
    "PRIVE": ("slip",),
    "PRIVE 08": ("zone",),
    "PERDU": ("agent",),
}


@pytest.mark.parametrize(("line", "missing"), MISSING.items())
def test_only_what_is_missing_is_asked_for(line, missing):
    found = read(line)
    assert isinstance(found, Puzzle)
    assert (found.why, found.missing) == ("missing", missing)


def test_every_piece_that_may_lack_or_be_wrong_has_its_text():
    asked = [f"missing_{missing[0]}" for missing in MISSING.values()]
    named = [f"wrong_{why}" for _, why in PUZZLES.values() if why not in {"word", "number"}]
    # Each of the first is asked again as a wrong one, but words: any line is those.
    again = [f"wrong_{missing[0]}" for missing in MISSING.values()]
    texts = load().texts.messages
    assert {*asked, *named, *again} - {"wrong_words", "wrong_number"} <= texts.keys()


# What was sent first, then answers one by one, and the command it ends in.
ANSWERED = [
    (("PRIS", "15736"), "PRIS 15736"),
    (("PRIS", "le 15 736"), "PRIS 15736"),
    (("DIRE", "15736 le camion arrive"), "DIRE 15736 le camion arrive"),
    (("DIRE", "15736", "Le camion arrive."), "DIRE 15736 Le camion arrive."),
    (("NOTE 15736", "12 sacs vus"), "NOTE 15736 12 sacs vus"),
    (("REF 6143", "24"), "REF 6143 24"),
    (("REF 6143 3", "elle a 24 ans"), "REF 6143 24 3"),
    (("REF", "tessit", "24"), "REF tessit 24"),
    (("REF", "tessit 24 implant"), "REF tessit 24 3"),
    (("REF 6143 24 0", "3"), "REF 6143 24 3"),
    (("REF 6143 24 0", "0"), "REF 6143 24"),
    (("REF 614 24", "6143"), "REF 6143 24"),
    (("REF 6143", "7", "24"), "REF 6143 24 7"),
    (("ALERTE 6143 pont coupe", "1"), "ALERTE 6143 1: pont coupe"),
    (("ALERTE 6143 7", "71"), "ALERTE 6143 71"),
    (("ALERTE 6143 7", "retard"), "ALERTE 6143 71"),
    (("ALERTE feu", "Tessit"), "ALERTE tessit 2"),
    (("URGENT", "tessit"), "EVAC tessit 5"),
    (("VENUE", "47322"), "VENUE 47322"),
    (("VENUE", "24 R128"), "VENUE 24 R128"),
    (("DONNE 3", "47322"), "DONNE 47322 3"),
    (("DONNE 47322 12", "2"), "DONNE 47322 2"),
    (("DONNE 47322 12", "0"), "DONNE 47322"),
    (("PAS 47322 8", "enceinte"), "PAS 47322 5"),
    (("STOCK", "3 12"), "STOCK 3 12"),
    (("STOCK 3", "12"), "STOCK 3 12"),
    (("STOCK 2 40 3", "trois"), "STOCK 2 40 3 3"),
    (("RUPTURE", "diu"), "RUPTURE 4"),
    (("LV 07 6143", "12"), "LV 07 6143 12"),
    (("LV 07 12 F34 rations incompletes", "0"), "LV 07 0 12 F34: rations incompletes"),
    (("LV 07 12 F34 rations incompletes", "Tessit"), "LV 07 tessit 12 F34: rations incompletes"),
    (("LV 6143 12 F34 rations", "07"), "LV 07 6143 12 F34: rations"),
    (("LV 07 6143 99 F34 rations", "12"), "LV 07 6143 12: F34 rations"),
    (("LV 0", "muet"), "LV 0 MUET"),
    (("PRIVE 08", "Ansongo"), "PRIVE 08 ansongo"),
    (("PRIVE 08", "0"), "PRIVE 08 0"),
    (("PRIVE", "08", "gao soir"), "PRIVE 08 gao SOIR"),
    (("PERDU", "R128"), "PERDU R128"),
    (("PERDU Moussa", "r128"), "PERDU R128"),
]


@pytest.mark.parametrize(("lines", "expected"), ANSWERED)
def test_the_answer_completes_what_was_said_before(lines, expected):
    asked = read(lines[0])
    for line in lines[1:]:
        assert isinstance(asked, Puzzle)
        asked = complete(asked.verb, asked.given, asked.missing, line)
    assert isinstance(asked, Command)
    assert read_back(asked) == expected


def test_an_answer_that_answers_nothing_is_words_or_asked_again():
    age = ("REF", {"place": "6143"}, ("age",))
    assert complete(*age, "les vivres ne sont pas arrives chez nous") is None
    assert complete(*age, "") is None
    assert complete(*age, "trop") == Puzzle("trop", "age", *age)
    assert complete(*age, "24", roles=("centre",)) is None
    assert complete("REF", {"place": "6143"}, ("age",), "77").why == "age"
    assert complete("LISTE", {}, ("number",), "x y z") is None


COMPLAINTS = [
    "aide alimentaire pas recue",
    "arret de la distribution",
    "ils ont dit stop",
    "menu de la cantine",
    "appel du chef pour payer",
    "appel du chef 12 sacs",
    "rappel des cartes par le comite",
    "langue de travail du comite",
    "stop aux vols de vivres",
    "help us please no food",
    "pris 2000 francs par menage",
    "pris 25000 francs chez nous",
    "note salee au cscom",
    "liste mal faite a tessit",
    "mes enfants n'ont rien recu",
    "mes 3 enfants ont faim",
    "fini les vivres depuis 10 jours",
    "fini 3 jours sans manger",
    "fait payer 2000 francs au cscom",
    "fait payer les femmes",
    "voir le chef pour la carte",
    "dire au chef de rendre nos cartes",
    "info sur la foire de tessit",
    "pas pour moi mais pour ma mere",
    "pas recu depuis 2 mois",
    "pas servie au cscom",
    "renvoi des eleves sans argent",
    "erreur sur la liste des menages",
    "annule distribution de tessit hier",
    "ok mais on n'a rien recu",
    "les vivres de tessit n'ont pas ete donnes a tout le monde",
    "40 menages oublies",
    "25000 francs demandes par le chef",
    "hier 3 femme venu",
    "venue 3 femmes",
    "venue d'un homme arme",
    "arrive hier sans rien",
    "donne 3 sacs au chef",
    "donne moi 3",
    "eu 2 sacs",
    "non recu",
    "vers le puits",
    "envoye les vivres ailleurs",
    "refus du commercant",
    "rupture de vivres",
    "rupture 3 jours",
    "il n'y a plus de vivres",
    "il n'y a plus rien a manger",
    "stock de vivres vole",
    "stock 12 sacs vole",
    "alerte aux voleurs de vivres",
    "urgent les vivres sont finis",
    "urgent eau",
    "evacuation pas remboursee",
    "ambulance en panne",
    "orienter les malades",
    "refere a l'hopital sans argent",
    "ref la distribution de tessit",
    "comite de gestion vole",
    "radio dit que 50 menages",
    "visite du chef 2 fois",
    "boite a la maison du chef",
    "prive de vivres depuis 2 mois",
    "perdu ma carte",
    "vole 3 sacs",
    "vole",
    "Tessit",
    "merci",
    "je prends la parole pour le village",
    "tel 70 00 00 01",
    "appelez le 70000001",
    "carte 70 00 00 01",
]


@pytest.mark.parametrize("line", COMPLAINTS)
def test_ordinary_sentences_are_never_commands_nor_keywords(line):
    assert keyword(line) is None
    for roles in (ROLES, *((role,) for role in ROLES)):
        assert read_all(line, roles) == []


@pytest.mark.parametrize(
    "line", ["", " ", "🙂", "#*", "?!", "482173", "48 21 73", "482173061549", "70000001"]
)
def test_nothing_and_the_codes_of_speakers_are_no_commands(line):
    assert read(line) is None


@pytest.mark.parametrize(
    "line",
    [
        *("LISTE", "liste", " Liste. ", "MES", "dossiers", "Mes dossiers", "VOIR", "voir svp"),
        *("lister", "Bonjour, liste svp", "mes dossier"),
    ],
)
def test_the_list_is_asked_for_in_many_ways(line):
    assert read(line) == Command("LISTE")


@pytest.mark.parametrize(
    ("line", "verb"),
    [(spelling, verb) for verb in AGENT_VERBS for spelling in command_words.VERBS[verb]],
)
@pytest.mark.parametrize(
    "shape",
    [
        "{verb} {n} et la suite",
        "{n} {verb} et la suite",
        "{upper}{n} et la suite",
        "{n}{verb}: et la suite",
        " {verb}, {n}. et la suite",
        "Bsr {upper} le dossier no {n}: et la suite",
        "{upper}:15 736 et la suite",
    ],
)
def test_every_spelling_before_or_after_its_number(line, verb, shape):
    said = shape.format(verb=line, upper=line.upper(), n=N)
    words = "et la suite" if verb in SAYS_MORE else ""
    assert read(said, ("agent",)) == Command(verb, N, words)


@pytest.mark.parametrize("verb", ["VENUE", "DONNE", "PAS", "ORIENTE"])
def test_every_spelling_of_a_centre_before_or_after_the_code(verb):
    assert verb in ON_NUMBERS
    for spelling in command_words.VERBS[verb]:
        for said in (f"{spelling} {R}", f"{R} {spelling}", f"{spelling.upper()}{R}"):
            found = read(said, ("centre",))
            assert (found.verb, found.number) == (verb, R)


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("15736", Command("VOIR", N)),
        ("15 736", Command("VOIR", N)),
        ("Bonjour 15736", Command("VOIR", N)),
        ("١٥٧٣٦", Command("VOIR", N)),
        ("PRIS I5736", Command("PRIS", N)),
        ("PRIS15736", Command("PRIS", N)),
        ("15736PRIS", Command("PRIS", N)),
        ("Réglé 15736 la liste est revue", Command("FINI", N, "la liste est revue")),
        ("DIRE 15736 Le camion arrive.", Command("DIRE", N, "Le camion arrive.")),
        ("DIRE 15736: 2 camions à l'école", Command("DIRE", N, "2 camions à l'école")),
        ("DIRE 15736 sacs en route", Command("DIRE", N, "sacs en route")),
        ("DIRE le camion arrive 15736", Command("DIRE", N, "le camion arrive")),
        ("DIRE 15736\nligne un\nligne deux", Command("DIRE", N, "ligne un ligne deux")),
        ("je prend 15736", Command("PRIS", N)),
        ("anule 15736", Command("ANNULE", N)),
        ("repondr 15736 oui", Command("DIRE", N, "oui")),
        ("RENVOI 15736", Command("RENVOI", N)),
        ("FAIT 15736", Command("FINI", N)),
    ],
)
def test_lines_of_agents_as_they_come(line, command):
    assert read(line) == command


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("ok merci", "ok"),
        ("15736 c bon", "c"),
        ("liste 15736", "liste"),
        ("finie 15736", "finie"),
        ("renvoie 15736", "renvoie"),
        ("stop 15736", "stop"),
        ("x" * 40 + " 15736", "x" * 20),
    ],
)
def test_a_word_that_is_no_command_is_named(line, word):
    assert read(line, ("agent",)) == Puzzle(word, "word")


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("1573", "1573"),
        ("15737", "15737"),
        ("1573601", "1573601"),
        ("PRIS 15737", "15737"),
        ("PRIS 1573", "1573"),
        ("PRIS 3", "3"),
        ("15737 pris", "15737"),
        ("1573 pris merci", "1573"),
        ("DIRE 15737 le camion arrive", "15737"),
        ("fini 1573 la liste est revue", "1573"),
    ],
)
def test_a_number_that_is_no_item_is_named(line, number):
    found = read(line)
    assert isinstance(found, Puzzle)
    assert (found.word, found.why) == (number, "number")


@pytest.mark.parametrize(
    ("role", "line", "word"),
    [
        ("relay", "PRIS 15736", "PRIS"),
        ("relay", "LV 07 6143 12 F34 rations", "LV"),
        ("relay", "VENUE 47322", "VENUE"),
        ("agent", "STOCK 3 12", "STOCK"),
        ("agent", "REF 6143 24 3", "REF"),
        ("centre", "PERDU R128", "PERDU"),
        ("operator", "DIRE 15736 oui", "DIRE"),
        ("supervisor", "PRIVE 08 GAO", "PRIVE"),
    ],
)
def test_a_command_of_somebody_else_is_named_and_not_done(role, line, word):
    assert read(line, (role,)) == Puzzle(word, "word")


def test_one_word_is_read_by_who_says_it_and_by_its_number():
    assert read_back(read("FAIT 47322 3", ("centre",))) == "DONNE 47322 3"
    assert read_back(read("FAIT 47322 3", ("agent",))) == "FINI 47322 3"
    assert read_back(read("fini implant", ("centre",))) == "RUPTURE 3"
    assert read("fini implant", ("agent",)) is None
    assert read_back(read("orienter 47322", ("centre",))) == "ORIENTE 47322"
    assert read_back(read("orienter 6143 24", ("relay",))) == "REF 6143 24"
    assert read("REF 6143 24", ()) is None


def test_a_story_behind_prive_goes_no_further():
    story = "elle a ete battue par son mari"
    found = read(f"PRIVE 08 ansongo {story}")
    assert found.words == "recit"
    assert found.given["place"] == "ansongo"
    asked = read(f"PRIVE 08 une femme {story}")
    assert "battue" not in repr(asked.given)
    assert complete(asked.verb, asked.given, asked.missing, "gao").words == "recit"


def test_a_number_to_call_back_may_stand_behind_prive():
    for number in ("70000001", "70 00 00 01", "+22370000001"):
        assert read(f"PRIVE 08 GAO SOIR FEMME {number}").words == number


@pytest.mark.parametrize(
    ("line", "known"),
    [
        ("STOP", "STOP"),
        (" stop. ", "STOP"),
        ("Arrêt", "STOP"),
        ("ARRETER!", "STOP"),
        ("aide", "AIDE"),
        ("HELP", "AIDE"),
        ("?", "AIDE"),
        (" ?? ", "AIDE"),
        ("Menu", "MENU"),
        ("LANGUE", "LANGUE"),
        ("kan", "LANGUE"),
        ("jaabi", "JAABI"),
        ("RAPPEL", "RAPPEL"),
        ("rapel", "RAPPEL"),
        ("Rappelé", "RAPPEL"),
        ("RAPPELEZ-MOI", "RAPPEL"),
        ("bip", "RAPPEL"),
        ("appel", "RAPPEL"),
    ],
)
def test_a_keyword_is_the_whole_message(line, known):
    assert keyword(line) == known
    assert keyword(f"{line} la distribution") is None
    assert keyword(f"bonjour {line.strip()}") is None


@pytest.mark.parametrize(
    "line", ["", "stopp", "sto", "arrets", "aider", "men", "🙂", "1", "stop stop", "tessit"]
)
def test_what_is_no_keyword(line):
    assert keyword(line) is None


@pytest.mark.parametrize(
    ("line", "digits"),
    [
        ("48 21 73", "482173"),
        ("48.21.73.06.15.49", "482173061549"),
        ("1", "1"),
        ("a1", None),
        ("", None),
        ("15736 2x", None),
    ],
)
def test_digits_alone_are_a_whole_message(line, digits):
    assert bare_number(line) == digits


def test_numbers_longer_than_any_are_no_fault():
    long = "9" * 5000
    for line in (long, f"REF {long} 24", f"STOCK 3 {long}", f"ALERTE 6143 3 {long} menages"):
        for one in read_all(line):
            assert isinstance(one, Puzzle) or not one.given.get("households")
            assert long not in getattr(one, "word", "")


@given(st.text("abc e\n", max_size=300), st.sampled_from(["DIRE", "FINI", "NOTE", "RENVOI"]))
def test_what_was_said_is_in_no_repr(words, verb):
    found = read(f"{verb} 15736 secret {words}")
    assert "secret" not in repr(found)
    assert "secret" not in repr(read(f"REF secret 24 {words}"))
