"""The real definitions as files, and the same with one thing changed."""

from importlib import resources

from flows.loader import load_from
from flows.words import Flows


def real_files() -> dict[str, str]:
    """Return every definition file of the package by its name."""
    folder = resources.files("flows") / "definitions"
    return {
        file.name: file.read_text(encoding="utf-8")
        for file in folder.iterdir()
        if file.name.endswith(".yaml")
    }


def changed(file: str, old: str, new: str) -> Flows:
    """Return the real flows with the first ``old`` in one file replaced by ``new``."""
    return load_from(changed_files(file, old, new))


def changed_files(file: str, old: str, new: str) -> dict[str, str]:
    """Return the real files with the first ``old`` in one of them replaced by ``new``."""
    files = real_files()
    assert old in files[file], f"{file} does not hold {old!r}"
    files[file] = files[file].replace(old, new, 1)
    return files
