"""Golden stories of several phones, readable by anybody; rewritten with --rewrite."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import NOON as MONDAY
from tests.journeys.stories import INDENT, programme, story

NOON = MONDAY + timedelta(days=1)  # a Tuesday: no stock is asked for
FOLDER = Path(__file__).parent.parent / "transcripts" / "stories"


@pytest.fixture(scope="module")
def written(tmp_path_factory, sqlite_template):
    return programme(tmp_path_factory.mktemp("programme"), sqlite_template, NOON)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_the_story_is_the_one_that_was_read(path, request, written, tmp_path):
    database, keys = written
    shutil.copyfile(database, tmp_path / "jaabi.db")
    text = path.read_text(encoding="utf-8")
    script = [line for line in text.splitlines() if not line.startswith(INDENT)]
    played = []
    with story(tmp_path / "jaabi.db", keys, NOON) as one:
        for line in script:
            quiet = not line or line.startswith("#")
            played += [line, *(f"{INDENT}{said}" for said in ([] if quiet else one.play(line)))]
    if request.config.getoption("--rewrite"):
        path.write_text("\n".join(played) + "\n", encoding="utf-8")
    assert "\n".join(played) + "\n" == path.read_text(encoding="utf-8")


def test_there_are_stories_to_read():
    assert len(list(FOLDER.glob("*.txt"))) >= 10
