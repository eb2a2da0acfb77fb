"""The bill of materials of what is installed where people are served, in the CycloneDX format."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.audit.locks import plain
from tests.rules.sources import ROOT

LOCK = "requirements.lock"
BILL = ROOT / "build" / "bill-of-materials.json"


def write_bill(path: Path = BILL) -> dict[str, Any]:
    """Write the bill of the locked libraries and return it."""
    path.parent.mkdir(exist_ok=True)
    words = ["requirements", LOCK, "--pyproject", "pyproject.toml", "--output-reproducible"]
    subprocess.run(
        [sys.executable, "-m", "cyclonedx_py", *words, "--of", "JSON", "-o", str(path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return dict(json.loads(path.read_text(encoding="utf-8")))


def libraries(bill: dict[str, Any]) -> dict[str, str]:
    """Return the version of each library on a bill."""
    return {plain(one["name"]): one["version"] for one in bill["components"]}
