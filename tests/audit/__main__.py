"""Audit what is ours and what comes from others. Run: python -m tests.audit [ADVISORIES...]

ADVISORIES are clones of advisory databases, for machines that cannot ask online.
"""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.audit import materials, patterns, secret_scan, weaknesses
from tests.audit.locks import pins
from tests.rules.sources import ROOT


def main() -> int:
    """Run every part, print what it says, and return how many of them failed."""
    folders = [Path(word) for word in sys.argv[1:]]
    parts = {
        "weaknesses": lambda: known_weaknesses(folders),
        "patterns": careless_patterns,
        "secrets": secrets,
        "materials": bill,
    }
    failed = 0
    for name, part in parts.items():
        said, well = part()
        failed += not well
        print(f"{name}: {'' if well else 'FAILED: '}{said}")
    return failed


def known_weaknesses(folders: list[Path]) -> tuple[str, bool]:
    """Ask about every pin; where nobody answers, see that each was asked about before."""
    today = datetime.now(UTC).date()
    over = [one["id"] for one in weaknesses.accepted() if one["until"] < today]
    if over:
        return f"accepted only until a day that is over: {', '.join(over)}", False
    source = "the package registry, by pip-audit"
    findings = weaknesses.online()
    if findings is None and folders:
        source = " and ".join(f"{one.name} {_state_of(one)}" for one in folders)
        findings = [found for one in folders for found in weaknesses.in_folder(one, pins())]
    if findings is None:
        return _not_asked()
    known = {one["id"] for one in weaknesses.accepted()}
    left = [f"{pin} {name}" for pin, name in findings if name not in known]
    if left:
        return "; ".join(left), False
    weaknesses.write_down(source, today)
    return f"none known in {len(pins())} libraries, says {source}", True


def careless_patterns() -> tuple[str, bool]:
    """Let bandit read the rooms."""
    left = patterns.careless()
    return ("; ".join(left), False) if left else ("none that nobody looked at", True)


def secrets() -> tuple[str, bool]:
    """Look through all files and the whole history."""
    found = secret_scan.scan(secret_scan.files(ROOT)) + secret_scan.scan(secret_scan.history(ROOT))
    lines = sorted({f"{one.kind} in {one.where}" for one in found})
    return ("; ".join(lines), False) if lines else ("none in files and history", True)


def bill() -> tuple[str, bool]:
    """Write the bill of materials."""
    count = len(materials.libraries(materials.write_bill()))
    return f"{count} libraries in {materials.BILL.relative_to(ROOT)}", True


def _not_asked() -> tuple[str, bool]:
    last = weaknesses.asked()
    new = sorted(set(pins()) - set(last["pins"]))
    said = f"NOT ASKED NOW, nobody answers from here; last asked on {last['on']}, of {last['of']}"
    if new:
        return f"{said}, and never about {', '.join(new)}: `make audit ADVISORIES=folders`", False
    return f"{said}, about these very versions: none known", True


def _state_of(folder: Path) -> str:
    words = ["git", "log", "-1", "--format=%h of %cs"]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
