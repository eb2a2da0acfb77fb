"""What no text gives back to whoever typed it."""

import pytest

from flows.giveaways import gives_away


@pytest.mark.parametrize(
    "said",
    ["implant", "IMPLAN", "jadele", "piqûr", "diu", "sterlet steril", "Sayana Press", "violee"],
)
def test_products_services_and_harm_are_not_given_back(said):
    assert gives_away(said)


@pytest.mark.parametrize("said", ["", "Tessit", "PRI", "retrait", "15763", "menage", "R128", "12"])
def test_other_words_are(said):
    assert not gives_away(said)
