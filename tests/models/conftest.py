"""A programme at work on each engine, and one whose keeper is away."""

from dataclasses import replace

import pytest

from models.keeper import Keeper
from tests.factories import staged


@pytest.fixture
def stage(store, tmp_path, now):
    """A programme around Tessit, its keeper answering."""
    with staged(store, tmp_path, now) as one:
        yield one


@pytest.fixture
def keeperless(stage, tmp_path):
    """The same house while its keeper does not answer."""
    return replace(stage.house, keeper=Keeper(tmp_path / "nobody"))
