"""Catalogs brought up to date: nothing twice, nothing lost, nothing shown that changed."""

from dataclasses import replace

import pytest

from flows.catalog_files import LANGUAGES, attested, catalogs, extract, spoken
from flows.catalogs import digest, french_of, offered, read
from flows.loader import load, load_from
from tests.flows.definition_files import changed, changed_files

FLOWS = load()
REVIEWED = """
# status: reviewed
# source: somebody
# by: S01 S02
# date: 2026-11-20
# french: {digest}
# back: thanks
msgctxt "menu.bye"
msgid "Merci."
msgstr "Tank."
"""


def begun(flows=FLOWS, language="snk"):
    return extract(flows, language, "", begin=True)


def with_bye(text):
    """Return a catalog in which the last words are reviewed."""
    head, _, body = text.partition("\n\n")
    entries = [one for one in body.split("\n\n") if 'msgctxt "menu.bye"\n' not in one]
    written = REVIEWED.format(digest=digest("Merci.")).strip()
    return "\n\n".join([head, *entries[:-1], written, entries[-1]])


def test_a_catalog_holds_every_text_once_with_where_it_is_said():
    catalog = read("snk", begun())
    assert {name: one.french for name, one in catalog.entries.items()} == french_of(FLOWS)
    assert {one.status for one in catalog.entries.values()} == {"missing"}
    assert '# status: missing\n#. M1\nmsgctxt "menu.main/1"\nmsgid "Dire un probleme"\n' in begun()
    assert "#. A14, for staff\n" in begun()


@pytest.mark.parametrize("language", ["bm", "ff", "ses", "snk"])
def test_twice_is_once(language):
    once = begun(language=language)
    assert extract(FLOWS, language, once) == once
    assert extract(FLOWS, language, with_bye(once)) == extract(
        FLOWS, language, extract(FLOWS, language, with_bye(once))
    )


def test_an_empty_catalog_stays_empty_until_somebody_begins_it():
    head = extract(FLOWS, "taq", "")
    assert '"Language: taq\\n"' in head
    assert "msgctxt" not in head
    assert extract(FLOWS, "taq", head) == head
    assert "msgctxt" in extract(FLOWS, "taq", head, begin=True)


def test_what_was_reviewed_stays_as_it_is():
    entry = read("snk", extract(FLOWS, "snk", with_bye(begun()))).entries["menu.bye"]
    assert entry.shown
    assert entry.by == ("S01", "S02")


def test_a_changed_french_makes_its_text_a_draft_again():
    other = changed("menu.yaml", "end: Merci.", "end: Merci beaucoup.")
    text = extract(other, "snk", with_bye(begun()))
    entry = read("snk", text).entries["menu.bye"]
    assert (entry.status, entry.french, entry.text) == ("draft", "Merci beaucoup.", "Tank.")
    assert entry.of == digest("Merci.")
    assert '#, fuzzy\nmsgctxt "menu.bye"' in text
    back = extract(FLOWS, "snk", text)
    assert not read("snk", back).entries["menu.bye"].shown
    assert extract(other, "snk", text) == text


def test_a_text_whose_state_is_gone_is_kept_aside_and_comes_back_with_it():
    files = changed_files("menu.yaml", "Sortir: bye", "Sortir: lost")
    files["menu.yaml"] = files["menu.yaml"].replace("Sortir: bye", "Sortir: lost")
    files = {
        name: text.replace("menu.bye", "menu.lost").replace("\n  bye:\n    end: Merci.\n", "")
        for name, text in files.items()
    }
    without = load_from(files)
    assert "menu.bye" not in without.nodes
    text = extract(without, "snk", with_bye(begun()))
    assert "menu.bye" not in read("snk", text).entries
    assert '#~ msgstr "Tank."' in text
    assert extract(without, "snk", text) == text
    back = read("snk", extract(FLOWS, "snk", text)).entries["menu.bye"]
    assert (back.text, back.status) == ("Tank.", "reviewed")
    assert back.shown


def test_a_text_written_by_hand_is_a_draft_of_the_french_beside_it():
    written = begun().replace(
        'msgctxt "menu.bye"\nmsgid "Merci."\nmsgstr ""',
        'msgctxt "menu.bye"\nmsgid "Merci."\nmsgstr "Tank."',
    )
    text = extract(FLOWS, "snk", written)
    entry = read("snk", text).entries["menu.bye"]
    assert (entry.status, entry.of) == ("draft", digest("Merci."))
    assert '#, fuzzy\nmsgctxt "menu.bye"' in text


def test_the_head_stays_as_its_last_editor_left_it():
    edited = begun().replace("MIME-Version: 1.0", 'X-Generator: Poedit 3\\n"\n"MIME-Version: 1.0')
    assert "X-Generator: Poedit 3" in extract(FLOWS, "snk", edited)


@pytest.mark.parametrize("language", ["bm", "ff", "ses"])
def test_the_package_holds_attested_words_as_such_and_nothing_else(language):
    [catalog] = [one for one in catalogs() if one.language == language]
    written = [one for one in catalog.entries.values() if one.text]
    words = attested(language)
    assert {one.french for one in written} >= {"Oui", "Non", "Retour"}
    for one in written:
        assert one.status == "attested"
        assert (one.text, one.source) == (words[one.french].word, words[one.french].source)
        assert not replace(one, status="reviewed").shown


def test_every_language_of_the_service_has_its_catalog():
    held = {one.language: len(one.entries) for one in catalogs()}
    assert tuple(held) == LANGUAGES
    assert {language for language, size in held.items() if size} == {"bm", "ff", "ses"}


def test_nothing_is_read_at_a_start_that_cannot_be_shown():
    assert spoken() == []
    assert "\n# status: reviewed\n" in extract(FLOWS, "snk", with_bye(begun()))


def test_no_language_is_offered_before_it_is_reviewed():
    assert [one.language for one in catalogs() if offered(FLOWS, one)] == []


def test_the_catalogs_of_the_package_are_up_to_date():
    """`jaabi flows extract` brings them there."""
    behind = [
        one.language
        for one in catalogs()
        if one.entries
        and {name: entry.french for name, entry in one.entries.items()} != french_of(FLOWS)
    ]
    assert behind == []
