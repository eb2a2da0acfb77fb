"""Oracles are not ours: they are written from the documents and know nothing of the code."""

import ast

import pytest

from tests.rules.sources import ROOT

OURS = {"flows", "models", "workers", "gateway", "tests", "bench"}
ORACLES = sorted((ROOT / "tests" / "oracles").glob("*.py"))


@pytest.mark.parametrize("path", ORACLES, ids=lambda path: path.stem)
def test_an_oracle_imports_nothing_of_the_project(path):
    named = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            named |= {one.name.partition(".")[0] for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            named.add("tests" if node.level else str(node.module).partition(".")[0])
    assert named & OURS == set()
