"""Known weaknesses of the locked libraries: asked online, or of a folder of advisories.

Online pip-audit asks the package registry. Where nobody answers, clones of advisory databases do
(``ADVISORIES``): that of PyPA, in the OSV format, or Safety DB. Each answer is written into
asked.toml with the pins it was about, so that where neither is to be had it is known what was
asked last, and a library that nobody asked about is found out.
"""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from tests.audit.locks import LOCKS, pins, plain
from tests.rules.sources import ROOT

HERE = Path(__file__).parent
ASKED = HERE / "asked.toml"
ACCEPTED = HERE / "accepted.toml"
Finding = tuple[str, str]  # the pin, and the name of its weakness


def accepted() -> list[dict[str, Any]]:
    """Return what was looked at and does not reach us: id, package, because, until."""
    return list(tomllib.loads(ACCEPTED.read_text(encoding="utf-8")).get("accepted", []))


def asked() -> dict[str, Any]:
    """Return when which pins were asked about, and of whom."""
    return tomllib.loads(ASKED.read_text(encoding="utf-8"))


def online() -> list[Finding] | None:
    """Ask the registry, by pip-audit. None when it does not answer."""
    locks = [word for lock in LOCKS for word in ("-r", lock)]
    words = ["--require-hashes", "--disable-pip", "--progress-spinner", "off", "-f", "json"]
    done = subprocess.run(
        [sys.executable, "-m", "pip_audit", *words, *locks],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    return answered(json.loads(done.stdout)["dependencies"]) if done.stdout else None


def answered(heard: list[dict[str, Any]]) -> list[Finding] | None:
    """Return what an answer of pip-audit says; None when it knows no library at all.

    One that it does not know while it knows others is a finding: nobody was asked about it.
    """
    if all("skip_reason" in one for one in heard):
        return None
    told = [
        (f"{plain(one['name'])}=={one['version']}", weakness["id"])
        for one in heard
        for weakness in one.get("vulns", [])
    ]
    return told + [(plain(one["name"]), "not known there") for one in heard if "skip_reason" in one]


def in_folder(advisories: Path, libraries: list[str]) -> list[Finding]:
    """Look the pins up in a clone of the PyPA advisory database, or of Safety DB."""
    safety = advisories / "data" / "insecure.json"
    if safety.is_file():
        return _in_safety(json.loads(safety.read_text(encoding="utf-8")), libraries)
    return [
        (pin, advisory["id"])
        for pin in libraries
        for advisory in _advisories(advisories, pin.partition("==")[0])
        if _reaches(advisory, *pin.split("=="))
    ]


def _in_safety(known: dict[str, Any], libraries: list[str]) -> list[Finding]:
    """Safety DB names, of each library, the ranges of versions that are weak."""
    weak = {plain(name): ranges for name, ranges in known.items() if isinstance(ranges, list)}
    return [
        (pin, f"Safety DB {weak_range}")
        for pin in libraries
        for weak_range in weak.get(pin.partition("==")[0], [])
        if SpecifierSet(weak_range).contains(pin.partition("==")[2], prereleases=True)
    ]


def write_down(source: str, today: date) -> None:
    """Note what was asked about, of whom and when."""
    lines = [f'  "{pin}",\n' for pin in pins()]
    ASKED.write_text(
        "# Written by `make audit`: which versions were asked about, of whom and when.\n"
        f'on = {today.isoformat()}\nof = "{source}"\npins = [\n{"".join(lines)}]\n',
        encoding="utf-8",
    )


def _advisories(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    for path in sorted((folder / "vulns" / name).glob("*.yaml")):
        advisory = yaml.safe_load(path.read_text(encoding="utf-8"))
        if "withdrawn" not in advisory:
            yield advisory


def _reaches(advisory: dict[str, Any], name: str, version: str) -> bool:
    for affected in advisory.get("affected", []):
        if plain(affected["package"]["name"]) != name:
            continue
        if version in affected.get("versions", []):
            return True
        ranges = [one for one in affected.get("ranges", []) if one["type"] == "ECOSYSTEM"]
        if any(_within(one["events"], version) for one in ranges):
            return True
    return False


def _within(events: list[dict[str, str]], version: str) -> bool:
    """Whether a version lies in a range: introduced opens it, fixed and last_affected end it."""
    inside = False
    for event in events:
        if "introduced" in event:
            inside = inside or _at_least(version, event["introduced"])
        elif "fixed" in event:
            inside = inside and not _at_least(version, event["fixed"])
        elif "last_affected" in event:
            inside = inside and not (
                _at_least(version, event["last_affected"]) and version != event["last_affected"]
            )
    return inside


def _at_least(version: str, other: str) -> bool:
    if other == "0":
        return True
    try:
        return Version(version) >= Version(other)
    except InvalidVersion:
        return True  # what cannot be compared is looked at by a person
