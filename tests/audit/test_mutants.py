"""The score of mutation testing is read from mutmut's own notes."""

import json

import pytest

from tests.audit import mutants


@pytest.fixture
def notes(tmp_path):
    def write(**ended):
        path = tmp_path / "mutants" / "flows" / "bars.py.meta"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"exit_code_by_key": ended}))
        return list(mutants.scores(tmp_path))

    return write


def test_what_no_test_noticed_or_came_by_is_left(notes):
    [score] = notes(failed=1, passed=0, untried=33, timed_out=36, not_run=None)
    assert (score.file, score.tried) == ("flows/bars.py", 4)
    assert score.left == ["passed", "untried"]
    assert score.share == 0.5


def test_a_file_in_which_nothing_was_changed_has_no_score(notes):
    assert notes() == []
