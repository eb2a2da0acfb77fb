"""Every language on every kind of channel: what is too long or unread is told, and by name."""

from dataclasses import replace

from flows.catalog_files import catalogs
from flows.catalogs import Catalog
from flows.check_languages import check
from flows.loader import load
from tests.flows.pseudo import catalog, reviewed

FLOWS = load()
XX = catalog(FLOWS)


def said(name, french, text, language="xx"):
    return Catalog(language, {name: reviewed(name, french, text)})


def test_the_languages_of_this_programme_are_proven():
    assert check(FLOWS, catalogs()) == []


def test_texts_a_third_longer_are_told_where_they_no_longer_fit():
    found = [str(one) for one in check(FLOWS, [XX])]
    assert any(
        line.startswith("menu.yaml:") and "(xx, ussd 160): menu.main: " in line for line in found
    )
    assert any("(xx, ussd 182): complaint.aid_more: " in line for line in found)
    assert any("message called: 2 segments at its longest, 1 allowed" in line for line in found)
    assert not any("menu.resume" in line for line in found)


def test_a_screen_may_fit_one_channel_and_not_another():
    title = "Jaabi. Tapez un chiffre:" + "_" * 16
    menu = {name: replace(one, text=one.french) for name, one in XX.entries.items()}
    menu["menu.main"] = replace(menu["menu.main"], text=title)
    found = [str(one) for one in check(FLOWS, [Catalog("xx", menu)])]
    assert len(found) == 1
    assert "(xx, ussd 160): menu.main: 172 septets at its longest, 160 fit" in found[0]


def test_letters_that_only_wide_channels_carry_are_counted_in_their_own_width():
    assert check(FLOWS, [said("menu.bye", "Merci.", "شكرا")]) == []
    [first, *_] = check(FLOWS, [said("menu.bye", "Merci.", "شكرا " * 20)])
    assert str(first).endswith("menu.bye: 100 letters of 16 bits at its longest, 160 fit")


def test_a_text_called_reviewed_that_nobody_read_is_told():
    bare = replace(XX.entries["menu.bye"], by=("S01",), text="[a {usd}]")
    found = [str(one) for one in check(FLOWS, [Catalog("xx", {"menu.bye": bare})])]
    assert any("menu.bye is called reviewed: its values are not" in line for line in found)
    assert any("two readers" in line for line in found)


def test_a_review_of_french_that_is_no_longer_said_is_told():
    found = check(FLOWS, [said("menu.bye", "Adieu.", "Bye.")])
    assert [one.says for one in found] == [
        "menu.bye is not the French of today: jaabi flows extract"
    ]


def test_drafts_are_measured_for_those_who_write_them():
    draft = {name: replace(one, status="draft") for name, one in XX.entries.items()}
    assert check(FLOWS, [Catalog("xx", draft)]) == []
    assert len(check(FLOWS, [Catalog("xx", draft)], drafts=True)) > 50
