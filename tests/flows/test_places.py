"""Places found by what people type, in the real directory of Mali."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.place_names import CERCLE_WIDTH, PLACE_WIDTH, fold, keys_of, shown, sound
from flows.places import AreaEntry, Gazetteer, SpotEntry, choices
from models.reference import tables

ANSONGO, GOUNDAM, TENENKOU, KOULIKORO = "ML0701", "ML0602", "ML0507", "ML0206"
PROGRAMME = frozenset((ANSONGO, GOUNDAM, TENENKOU, KOULIKORO))
VILLAGES = list(tables.read_settlements(tables.read(tables.SETTLEMENTS)))


def area_entries():
    for fact in tables.read_areas(tables.read(tables.AREAS)):
        yield AreaEntry(fact.pcode, fact.name, fact.aliases, fact.level, fact.parent)


def spot_entries():
    for village in VILLAGES:
        yield SpotEntry(f"s:{village.id}", village.name, village.commune, village.rank)
    for centre in tables.read_facilities(tables.read(tables.FACILITIES)):
        if centre.commune:
            yield SpotEntry(f"f:{centre.id}", centre.name, centre.commune, 6)


LIKE_TESSIT = ("Bessit", "Lessit", "Messit")
GAZETTEER = Gazetteer(area_entries(), spot_entries(), {"6143": "c:ML070106", "2024": "c:ML070101"})


def named(places):
    return [(place.name, place.cercle_name) for place in places]


def found(text, near=PROGRAMME):
    return named(GAZETTEER.find(text, near))


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Tessit", "Tessit"),
        ("tess", "Tessit"),
        ("TESIT", "Tessit"),
        ("tésitt", "Tessit"),
        ("tɛssit", "Tessit"),
        ("a tessit", "Tessit"),
        ("village de Tessit", "Tessit"),
        ("c'est a tessit", "Tessit"),
        ("je suis à Tessit", "Tessit"),
        ("ansogo", "Ansongo"),
        ("wattagouna", "Ouattagouna"),
        ("Ouatagouna", "Ouattagouna"),
        ("talatay", "Talataye"),
        ("tenenku", "Tenenkou"),
        ("TÉNENKOU", "Tenenkou"),
        ("goundam", "Goundam"),
        ("cscom de tessit", "CSCOM Tessit"),
        ("6143", "Tessit"),
        ("code 6143", "Tessit"),
    ],
)
def test_a_place_of_the_programme_is_found_as_people_spell_it(typed, name):
    assert [place for place, _ in found(typed)] == [name]


@pytest.mark.parametrize(
    "typed", ["", "   ", "é", "12", "0000", "xyzzyqkw", "zzzz", "😀", "#*", "x" * 600]
)
def test_nothing_is_found_in_what_names_no_place(typed):
    assert found(typed) == []


def test_a_place_outside_the_programme_is_found_too():
    assert found("Gao")[0] == ("Gao", "Gao")
    assert found("djenne")[0] == ("Djenne", "Djenne")


def test_an_alias_finds_the_place_under_its_own_name():
    assert ("Baroueli", "Baroueli") in found("Baraoueli")


def test_the_same_name_in_several_communes_is_asked_back():
    bara = found("bara", near=())
    assert len(bara) == 3
    assert len(set(bara)) == 3


def test_the_same_name_in_several_communes_is_the_one_of_the_programme_if_there_is_one():
    assert found("bara") == [("Bara", "Ansongo")]


def test_at_most_three_are_given_to_choose_from():
    assert len(found("kou")) == 3


def test_what_lies_in_the_programme_comes_first():
    places = GAZETTEER.find("kou", {"ML0206"})
    assert GAZETTEER.lies_in(places[0], frozenset({"ML0206"}))


def test_a_stranger_of_that_very_name_stands_beside_a_like_sounding_place_of_the_programme():
    entries = [
        AreaEntry("C1", "Un", (), 2, ""),
        AreaEntry("C101", "Tessit", (), 3, "C1"),
        AreaEntry("C2", "Deux", (), 2, ""),
        AreaEntry("C201", "Tesit", (), 3, "C2"),
    ]
    places = Gazetteer(entries, []).find("tesit", {"C1"})
    assert named(places) == [("Tessit", "Un"), ("Tesit", "Deux")]


def test_the_likeliest_stranger_keeps_a_line_beside_the_places_of_the_programme():
    entries = [
        AreaEntry("C1", "Un", (), 2, ""),
        *(AreaEntry(f"C10{one}", name, (), 3, "C1") for one, name in enumerate(LIKE_TESSIT)),
        AreaEntry("C2", "Deux", (), 2, ""),
        AreaEntry("C201", "Tesit", (), 3, "C2"),
    ]
    places = Gazetteer(entries, []).find("tessit", {"C1"})
    assert [place.name for place in places] == ["Bessit", "Lessit", "Tesit"]


def test_two_letters_say_nothing():
    entries = [AreaEntry("C1", "Un", (), 2, ""), AreaEntry("C101", "Tessit", (), 3, "C1")]
    assert Gazetteer(entries, []).find("te") == []
    assert named(Gazetteer(entries, []).find("tes")) == [("Tessit", "Un")]


def test_same_name_in_one_commune_is_one_choice_kept_at_commune_level():
    pairs = Counter((village.commune, village.name) for village in VILLAGES)
    twice = [pair for pair, times in pairs.items() if times > 1]
    assert len(twice) == 575
    for commune, name in twice:
        if name == "Bamako":
            continue
        places = [one for one in GAZETTEER.find(name, {commune}) if one.commune_pcode == commune]
        assert [place.ref for place in places] == [f"c:{commune}"], name


def test_a_cercle_lends_its_name_to_its_chief_town():
    assert [place.ref for place in GAZETTEER.find("Ansongo")] == ["c:ML070101"]
    assert [place.ref[0] for place in GAZETTEER.find("Gourma-Rharous")] == ["s"]


def test_the_capital_which_spreads_over_communes_is_its_cercle():
    assert [place.ref for place in GAZETTEER.find("Bamako")] == ["z:ML0901"]


def test_a_place_is_known_by_its_reference_and_a_stranger_is_not():
    for ref in ("c:ML070106", "s:ML070206017", "f:MLF0219", "z:ML0701"):
        assert GAZETTEER.place(ref).ref == ref
    for ref in ("", "c:", "c:ML0701", "s:ML070106", "x:1", "z:ML"):
        assert GAZETTEER.place(ref) is None


def test_a_code_names_a_place_of_the_programme_only():
    assert GAZETTEER.by_code("6143").name == "Tessit"
    assert GAZETTEER.by_code("6144") is None
    assert GAZETTEER.by_code("") is None


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("les vivres de tessit n'ont pas ete donnes a tout le monde", "Tessit"),
        ("a tesit on a rien recu", "Tessit"),
        ("Les rations à Talatay sont finies", "Talataye"),
        ("on demande de payer 1000 francs au CSCOM de Tenenku", "Tenenkou"),
        ("nous sommes a Fafa commune de Ouattagouna", "Fafa"),
        ("cercle d'ansongo, village de tessit", "Tessit"),
        ("6143 pas assez de rations", "Tessit"),
        ("le chef de Labbezanga garde ma carte", "Labbezanga"),
        ("le commercant refuse nos bons a Gao", "Gao"),
        ("nous à Tombouctou on attend", "Tombouctou"),
        ("pas de medicament a nioro du sahel", "Nioro du Sahel"),
    ],
)
def test_a_place_named_in_a_sentence_is_seen(words, name):
    assert [place.name for place in GAZETTEER.in_text(words, PROGRAMME)][:1] == [name]


@pytest.mark.parametrize(
    "words",
    [
        "aide alimentaire pas recue",
        "arret de la distribution",
        "on nous demande de payer la carte",
        "la salle de classe est fermee et le maitre est absent",
        "ration de 6143 kg pour 6143 menages",
        "mon bebe est malade, pas de medicament au centre",
        "nous les nomades on n'a rien, toute la famille a faim",
        "la balle a tire sur la gare, la liberte",
        "merci pour tout, que Dieu vous garde",
        "nous attendons talatay depuis mars",
        "le riz gao est cher",
        "nous voulons koulouba maintenant",
        "on vient de sabbezanga hier",
        "moussa et adama traore prennent l'aide des autres",
        "le prix du kilo de mil chez le commercant est cher",
        "",
        "!!!",
        "5000",
    ],
)
def test_no_village_is_seen_in_ordinary_words(words):
    assert GAZETTEER.in_text(words, PROGRAMME) == []


def test_places_told_together_tell_each_other_apart():
    places = GAZETTEER.in_text("a koulouba, cercle de kolokani", ())
    assert named(places) == [("Koulouba", "Kolokani")]


def test_two_places_of_one_text_are_both_given():
    places = GAZETTEER.in_text("ceux de tessit et de talataye", PROGRAMME)
    assert {place.name for place in places} == {"Tessit", "Talataye"}


def test_choices_that_look_alike_bear_the_commune():
    twins = [
        AreaEntry("C1", "Kati", (), 2, ""),
        AreaEntry("C101", "Safo", (), 3, "C1"),
        AreaEntry("C102", "Moribabougou", (), 3, "C1"),
    ]
    spots = [SpotEntry("s:1", "Koulouba", "C101", 5), SpotEntry("s:2", "Koulouba", "C102", 5)]
    lines = choices(Gazetteer(twins, spots).find("koulouba"))
    assert sorted(line["cercle"] for line in lines) == ["Moribabougou", "Safo"]
    assert {line["name"] for line in lines} == {"Koulouba"}


def test_every_name_fits_the_screens():
    entries = [entry.name for entry in (*area_entries(), *spot_entries())]
    assert max(len(shown(name)) for name in entries) == PLACE_WIDTH
    cercles = [entry.name for entry in area_entries() if entry.level == 2]
    assert all(len(shown(name, CERCLE_WIDTH)) == len(name) for name in cercles)
    assert all(shown(name).isascii() for name in entries)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Tessit", "Tessit"),
        ("Monzona (Hameau de Do) Nord", "Monzona Nord"),
        ("CSCOM Asacoouel (Ouelessebougou Central)", "CSCOM Asacoouel"),
        ("4e Quartier ou Aldjanabaradja", "4e Quartier"),
        ("Bamako-Coura Bolibana Ex-Base", "Bamako-Coura Bolibana"),
        ("Abcdefghijklmnopqrstuvwxyz", "Abcdefghijklmnopqrstuvw"),
    ],
)
def test_a_long_name_is_cut_at_a_word(name, short):
    assert shown(name) == short


def test_spellings_of_one_sound_meet():
    for one, other in (
        ("Ouattagouna", "Wattagouna"),
        ("Djenné", "Jenne"),
        ("Quinzambougou", "Kinzambougou"),
        ("Koɲobugu", "Konyobougou"),
        ("Bourèm", "Burem"),
    ):
        assert sound(fold(one)) == sound(fold(other))


def test_a_second_name_in_brackets_is_a_name_too():
    assert keys_of("Guendolo (Flala)") == ["guendoloflala", "guendolo", "flala"]
    assert keys_of("Kambou (Amont)") == ["kambouamont", "kambou"]
    assert keys_of("Bogou (Gps 24)") == ["bogougps24", "bogou"]


typed = st.one_of(
    st.text(max_size=60),
    st.text("abcdefghiklmnostuwyé' -46143", max_size=20),
    st.sampled_from(VILLAGES).map(lambda village: village.name),
)


@settings(deadline=None)  # the speed is measured in bench/places.py
@given(typed, st.sets(st.sampled_from([ANSONGO, "ML070106", "ML07", "nowhere"])))
def test_whatever_is_typed_few_places_are_found_and_each_is_known(text, near):
    for places in (GAZETTEER.find(text, near), GAZETTEER.in_text(text, near)):
        assert len(places) <= 3
        assert len({place.ref for place in places}) == len(places)
        for place in places:
            assert GAZETTEER.place(place.ref).ref == place.ref
            assert len(place.name) <= PLACE_WIDTH


def test_every_village_is_found_by_its_own_name_in_its_own_commune():
    for village in VILLAGES:
        places = GAZETTEER.find(village.name, {village.commune})
        refs = {f"s:{village.id}", f"c:{village.commune}"}
        assert {place.ref for place in places} & refs or village.rank == 1, village
