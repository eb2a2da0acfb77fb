"""The register of processing in the documents is the one that the tables say."""

from models.services import processing
from tests.rules.sources import ROOT

HEAD = """# Register of processing

Made from the tables by `python -m pytest tests/rules/test_register.py --rewrite`; not to be edited.
What each class means, what a person may ask, and what else is kept: [privacy.md](privacy.md).
"""


def test_the_page_says_what_the_tables_say(request):
    page = ROOT / "docs" / "register.md"
    made = HEAD + processing.markdown()
    if request.config.getoption("--rewrite"):
        page.write_text(made, encoding="utf-8")
    assert page.read_text(encoding="utf-8") == made, "write it anew: see its second line"


def test_every_column_stands_in_it_once():
    rows = [(one.table, one.column) for one in processing.entries()]
    assert (
        len(rows)
        == len(set(rows))
        == sum(len(table.columns) for table in processing.metadata.tables.values())
    )
    assert all(one.purpose and one.keep and one.forgotten_by for one in processing.entries())
