"""What the lock files pin."""

import re

from tests.rules.sources import ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock")
PIN = re.compile(r"^([\w.-]+)(?:\[[\w,.-]+\])?==([^\s;\\]+)", re.MULTILINE)


def pins_of(lock: str) -> dict[str, str]:
    """Return the version of each library of a lock file, names as registries compare them."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    return {plain(name): version for name, version in PIN.findall(text)}


def pins() -> list[str]:
    """Return every pin of all lock files, as name==version, in order."""
    return sorted(
        {f"{name}=={version}" for lock in LOCKS for name, version in pins_of(lock).items()}
    )


def plain(name: str) -> str:
    """Return a name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()
