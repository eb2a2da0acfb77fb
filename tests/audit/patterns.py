"""Careless patterns that bandit finds in the rooms and nobody gave a reason for.

ruff knows most of the same rules by the same numbers, S608 for B608: a line that says
``noqa: S608`` with its reason has been looked at.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.rules.sources import ROOMS, ROOT


def careless(root: Path = ROOT, rooms: tuple[str, ...] = (*ROOMS, "wsgi.py")) -> list[str]:
    """Return what is left: the rule, the place, and what bandit says of it."""
    # Of low confidence is every text that holds the word SELECT; test_absent.py reads those calls.
    words = [sys.executable, "-m", "bandit", "-q", "-ii", "-f", "json", "-r", *rooms]
    words += ["-c", str(ROOT / "pyproject.toml")]
    done = subprocess.run(words, cwd=root, capture_output=True, text=True)
    report = json.loads(done.stdout)
    errors = [f"{one['filename'].removeprefix('./')}: {one['reason']}" for one in report["errors"]]
    # An empty text is no password, whatever it is compared with.
    told = [one for one in report["results"] if not one["issue_text"].endswith("password: ''")]
    found = [one for one in told if not _looked_at(root, one)]
    lines = [
        f"{one['test_id']} {one['filename'].removeprefix('./')}:{one['line_number']}"
        for one in found
    ]
    return sorted(
        errors + [f"{at} {one['issue_text']}" for at, one in zip(lines, found, strict=True)]
    )


def _looked_at(root: Path, finding: dict[str, object]) -> bool:
    lines = (root / str(finding["filename"])).read_text(encoding="utf-8").splitlines()
    where = finding["line_range"]
    assert isinstance(where, list)
    rule = str(finding["test_id"]).replace("B", "S")
    told = re.compile(rf"# noqa: [A-Z0-9, ]*\b{rule}\b")
    return any(told.search(lines[number - 1]) for number in where)
