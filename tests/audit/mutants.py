"""What mutmut found: of each file how many changes a test noticed, and which none did.

Run: python -m tests.audit.mutants FOLDER, where `mutmut run` was run. See `make mutants`.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

WANTED = 0.85
UNNOTICED, UNTRIED = 0, 33  # what mutmut notes: the tests passed; no test comes by


class Score(NamedTuple):
    """A file, how many changes of it were tried, and the names of those that nobody noticed."""

    file: str
    tried: int
    left: list[str]

    @property
    def share(self) -> float:
        """Return the share that was noticed."""
        return 1 - len(self.left) / self.tried if self.tried else 1.0


def scores(folder: Path) -> Iterator[Score]:
    """Read the notes of mutmut under a folder."""
    for path in sorted((folder / "mutants").rglob("*.py.meta")):
        ended = json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
        tried = {name: code for name, code in ended.items() if code is not None}
        left = [name for name, code in tried.items() if code in {UNNOTICED, UNTRIED}]
        if ended:
            name = path.relative_to(folder / "mutants").as_posix().removesuffix(".meta")
            yield Score(name, len(tried), sorted(left))


def main() -> int:
    """Print a line a file and the names of what nobody noticed; 1 below what is wanted."""
    found = list(scores(Path(sys.argv[1])))
    tried, left = sum(one.tried for one in found), [name for one in found for name in one.left]
    for one in (*found, Score("all", tried, left)):
        print(f"{one.file:40} {one.tried - len(one.left):4} of {one.tried:4}  {one.share:.0%}")
    print("\n".join(left))
    return 0 if Score("all", tried, left).share >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
