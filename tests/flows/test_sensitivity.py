"""Classes, and the words that leave the ordinary queue before anybody reads them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.sensitivity import CATEGORY_OF, CLASS_OF, class_of, is_sensitive, left_out, words_class
from tests.flows.test_understanding import LINES, labelled

TABLE = {  # field.md 4.2, as it is printed there
    **{"11": "C4", "12": "C4", "13": "C3", "14": "C3", "15": "C4", "16": "C5", "17": "C5"},
    **{"191": "C3", "192": "C9", "193": "C4", "194": "C2", "195": "C4", "196": "C3"},
    **{"21": "C4", "22": "C4", "23": "C4", "24": "C3", "25": "C4", "26": "C3", "27": "C2"},
    **{"28": "C3", "31": "C3", "32": "C3", "33": "C4", "34": "C5", "35": "C7", "36": "C3"},
    **{"41": "C3", "42": "C3", "43": "C3", "44": "C3", "45": "C3", "46": "C3"},
    **{"51": "C5", "52": "C5", "53": "C5", "54": "C5", "55": "C5"},
    **{"61": "C9", "62": "C9", "63": "C9", "64": "C9", "65": "C9", "66": "C9", "67": "C9"},
    **{"7": "C0", "8": "C3", "91": "C5", "92": "C6", "93": "C7", "94": "C7"},
}


def test_every_category_has_the_class_of_the_table():
    assert dict(CLASS_OF) == TABLE
    assert {category: class_of(category, "nobody") for category in TABLE} == TABLE


@pytest.mark.parametrize(
    ("category", "about", "expected"),
    [
        ("195", "chief", "C5"),
        ("195", "unknown", "C4"),
        ("195", None, "C4"),
        ("23", "staff", "C5"),
        ("23", "head", "C5"),
        ("23", "asaco", "C4"),
        ("23", "nobody", "C4"),
        ("41", "chief", "C3"),
        ("", None, "C3"),
        ("nonsense", "", "C3"),
    ],
)
def test_who_is_concerned_may_raise_the_class(category, about, expected):
    assert class_of(category, about) == expected


@pytest.mark.parametrize("category", ["41", "42", "43", "44", "45", "46"])
def test_to_be_left_out_of_other_aid_is_more_than_a_fault(category):
    words = "on nous a exclus de la distribution de baches et de semences"
    assert class_of(category, "nobody", excluded=left_out(words)) == "C4"
    assert class_of(category, "nobody", excluded=left_out("le forage est gate")) == "C3"


@pytest.mark.parametrize(
    "words",
    ["les autres ont eu des baches et pas nous", "mon nom n'est pas sur la liste", "on m'a oublie"],
)
def test_to_be_left_out_is_said_in_many_ways(words):
    assert left_out(words)


@given(
    st.sampled_from(sorted(TABLE)),
    st.sampled_from(["", "nobody", "chief", "staff"]),
    st.sampled_from(["C5", "C6", "C7"]),
)
def test_words_raise_a_class_and_never_lower_it(category, about, words):
    raised = class_of(category, about, words)
    assert is_sensitive(raised)
    assert raised >= words
    before = class_of(category, about)
    assert not is_sensitive(before) or raised >= before


def test_compartments_are_three():
    assert [name for name in sorted(set(TABLE.values())) if is_sensitive(name)] == [
        "C5",
        "C6",
        "C7",
    ]
    assert {CLASS_OF[CATEGORY_OF[name]] for name in CATEGORY_OF} == {"C5", "C6", "C7"}
    assert all(CLASS_OF[CATEGORY_OF[name]] == name for name in CATEGORY_OF)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("il me force", "C7"),
        ("IL M'A VIOLÉE", "C7"),
        ("on ma viole", "C7"),
        ("mon mari me bat", "C7"),
        ("abus sur un enfant", "C7"),
        ("coucher avec lui pour avoir la carte", "C6"),
        ("un agent de l'ong a abuse d'une fille", "C6"),
        ("detournement", "C5"),
        ("corupsion", "C5"),
        ("koruption", "C5"),
        ("le chef demande 500f par sac", "C5"),
        ("le chef garde ma carte", "C5"),
        ("l'infirmier a demande 3000 pour la consultation", "C5"),
        ("des riches servis sans droit par le chef", "C5"),
        ("il m'a touche", "C7"),
        ("on marie ma petite fille de force", "C7"),
        ("le monsieur du projet ma touché", "C6"),
        ("ils vendent les vivres", "C5"),
        ("on m'a demande 5000 francs", "C5"),
    ],
)
def test_words_that_leave_the_queue_unread(words, expected):
    assert words_class(words) == expected


@pytest.mark.parametrize(
    "words",
    [
        "vol sur la route",
        "pas assez de vivres",
        "prix trop cher",
        "on m a fait payer au cscom",
        "vents violents, cases detruites",
        "on n'a pas touche l'argent",
        "les gens sont forces de fuir",
        "la mare est seche",
        "le boulanger est couche malade",
        "aide alimentaire pas recue",
        "la secheresse frappe les enfants",
        "le projet ne m'a pas touche",
        "la secheresse m'a touche",
        "les commercants vendent les vivres trop cher",
        "je vends mes animaux pour acheter du mil",
        "l'eau entre la nuit dans ma tente",
        "il faut donner a ma fille ses medicaments",
        "le ventre de mon enfant fait mal",
        "le chef de village et sa famille n'ont rien recu",
        "si on ne nous donne pas de vivres on va mourir",
        "nous demandons de l'argent pour les semences",
        "la pompe coute 5000 francs",
        "j'ai pris ma fille au cscom la nuit",
        "on a pris les enfants malnutris au centre",
        "il a mis ses enfants a l'ecole",
        "",
        "🙂",
    ],
)
def test_ordinary_complaints_stay_in_the_ordinary_queue(words):
    assert words_class(words) is None


@pytest.mark.parametrize("name", LINES)
def test_of_the_labelled_lines_none_that_is_sensitive_stays_and_few_others_leave(name):
    rows = labelled(name)
    missed = [words for _, _, expected, words in rows if expected and not words_class(words)]
    raised = [words for _, _, expected, words in rows if not expected and words_class(words)]
    assert missed == []
    assert len(raised) <= len(rows) * 0.02


@given(st.text(max_size=300))
def test_any_words_have_a_compartment_or_none(words):
    assert words_class(words) in {None, "C5", "C6", "C7"}


def test_that_people_without_a_right_received_accuses_nobody_until_somebody_is_named():
    assert words_class("des gens sans droit ont eu les vivres") is None
    assert words_class("le chef a fait inscrire des gens sans droit") == "C5"
