"""What a proof could not prove, and where."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that is not proven: file and line, and a sentence."""

    where: str
    says: str

    def __str__(self) -> str:
        return f"{self.where}: {self.says}"
