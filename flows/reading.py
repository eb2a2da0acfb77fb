"""A definition file as blocks that know their lines, so that a mistake says where it stands."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import yaml

from flows.yaml_files import compose_yaml

_BOOL = "tag:yaml.org,2002:bool"


@dataclass(slots=True)
class Block:
    """One mapping of a definition file: texts, booleans, lists and blocks, each with its line."""

    file: str
    line: int
    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def over(self, other: "Block") -> "Block":
        """Return ``other`` with what stands here put over it; its mistakes are told here."""
        values = {**other.values, **self.values}
        return Block(self.file, self.line, values, self.lines)


class Reading:
    """Reads blocks and notes each mistake instead of stopping at the first."""

    def __init__(self) -> None:
        self.mistakes: list[tuple[str, int, str]] = []

    def parse(self, file: str, text: str) -> Block:
        """Return the whole file as a block; an empty one if it cannot be read at all."""
        try:
            node = compose_yaml(text)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            why = getattr(error, "problem", None) or getattr(error, "reason", "")
            line = 1 if mark is None else mark.line + 1
            self.mistakes.append((file, line, f"cannot be read: {why}"))
            return Block(file, 1)
        found = self._convert(file, node) if node is not None else None
        if isinstance(found, Block):
            return found
        self.mistakes.append((file, 1, "holds no definition"))
        return Block(file, 1)

    def wrong(self, block: Block, key: str, says: str) -> None:
        """Note a mistake at ``key`` of a block."""
        self.mistakes.append((block.file, block.lines.get(key, block.line), says))

    def only(self, block: Block, allowed: Iterable[str]) -> None:
        """Note each key that nobody would read."""
        for key in block.values.keys() - set(allowed):
            self.wrong(block, key, f"'{key}' is not known here")

    def words(self, block: Block, key: str, default: str = "") -> str:
        """Return the text under ``key``."""
        value = block.values.get(key, default)
        if isinstance(value, str):
            return value
        self.wrong(block, key, f"'{key}' must be a text (between quotes if it looks otherwise)")
        return default

    def need(self, block: Block, key: str) -> str:
        """Return the text under ``key``, which may not be missing."""
        if key not in block.values:
            self.wrong(block, key, f"'{key}' is missing")
        return self.words(block, key)

    def flag(self, block: Block, key: str, default: bool = False) -> bool:
        """Return true or false."""
        value = block.values.get(key, default)
        if isinstance(value, bool):
            return value
        self.wrong(block, key, f"'{key}' must be true or false")
        return default

    def inner(self, block: Block, key: str) -> Block:
        """Return the block under ``key``; an empty one if there is none."""
        value = block.values.get(key)
        if isinstance(value, Block):
            return value
        if value is not None:
            self.wrong(block, key, f"'{key}' must hold names and values")
        return Block(block.file, block.lines.get(key, block.line))

    def blocks(self, block: Block, key: str) -> list[Block]:
        """Return the list of blocks under ``key``."""
        value = block.values.get(key, [])
        if isinstance(value, list) and all(isinstance(one, Block) for one in value):
            return value
        self.wrong(block, key, f"'{key}' must be a list of names and values")
        return []

    def many(self, block: Block, key: str) -> tuple[str, ...]:
        """Return the list of texts under ``key``."""
        value = block.values.get(key, [])
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return tuple(value)
        self.wrong(block, key, f"'{key}' must be a list of texts")
        return ()

    def _convert(self, file: str, node: yaml.Node) -> Any:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(file, node)
        if isinstance(node, yaml.SequenceNode):
            return [self._convert(file, one) for one in node.value]
        if node.tag == _BOOL:
            return str(node.value).lower() in {"yes", "true", "on"}
        return str(node.value)

    def _mapping(self, file: str, node: yaml.MappingNode) -> Block:
        block = Block(file, node.start_mark.line + 1)
        for key_node, value_node in node.value:
            key, line = str(key_node.value), key_node.start_mark.line + 1
            if key in block.values:
                self.mistakes.append((file, line, f"'{key}' stands here twice"))
            block.values[key] = self._convert(file, value_node)
            block.lines[key] = line
        return block
