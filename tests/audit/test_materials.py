"""The bill of materials is whole."""

from tests.audit.locks import pins_of
from tests.audit.materials import LOCK, libraries, write_bill


def test_every_locked_library_is_on_the_bill(tmp_path):
    bill = write_bill(tmp_path / "bill.json")
    assert bill["bomFormat"] == "CycloneDX"
    assert bill["metadata"]["component"]["name"] == "jaabi"
    assert libraries(bill) == pins_of(LOCK)
    assert all(one["purl"].startswith("pkg:") for one in bill["components"])
