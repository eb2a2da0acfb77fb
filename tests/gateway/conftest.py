"""A programme behind its hooks, once on each engine."""

import pytest

from tests.gateway.service import serving


@pytest.fixture
def service(store, tmp_path):
    """A programme around Tessit with its public application, keeper and worker."""
    with serving(store.url, tmp_path) as one:
        yield one
