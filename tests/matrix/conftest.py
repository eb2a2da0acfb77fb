"""The same stage as the tests of services have, on each engine."""

from tests.models.conftest import stage

__all__ = ["stage"]
