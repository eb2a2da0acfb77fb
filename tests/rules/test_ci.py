"""What runs before anything lands."""

import re
import tomllib

from tests.rules.sources import ROOT


def makefile():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z-]+):[^\n]*\n((?:\t[^\n]*\n)+)", text, re.MULTILINE))


def test_style_types_audit_and_tests_run_before_anything_lands():
    run = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert re.findall(r"^make ([a-z-]+)$", run, re.MULTILINE) == [
        "system-deps",
        "lint",
        "audit",
        "test",
    ]
    assert "set -eu" in run


def test_types_are_checked_strictly():
    mypy = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
    assert mypy["strict"] is True
    assert set(mypy["packages"]) == {"flows", "models", "workers", "gateway"}
    assert "/mypy" in makefile()["lint"]


def test_the_audit_asks_looks_and_lists():
    assert "-m tests.audit" in makefile()["audit"]
