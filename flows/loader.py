"""Definitions into flows, or every mistake in them with file and line."""

from collections.abc import Mapping
from functools import cache
from importlib import resources

from flows.building import Builder
from flows.errors import Mistaken
from flows.readers import READERS
from flows.reading import Block, Reading
from flows.texts import Message, Texts
from flows.words import MAIN, Flows, Menu, Node, Reader


@cache
def load() -> Flows:
    """Return the flows of this programme, read once. Raises Mistaken with every mistake."""
    folder = resources.files("flows") / "definitions"
    return load_from(
        {
            file.name: file.read_text(encoding="utf-8")
            for file in folder.iterdir()
            if file.name.endswith(".yaml")
        }
    )


def load_from(files: Mapping[str, str], readers: Mapping[str, Reader] = READERS) -> Flows:
    """Return the flows that these files define, by name. Raises Mistaken."""
    reading = Reading()
    blocks = [reading.parse(name, text) for name, text in sorted(files.items())]
    texts = _texts(reading, [block for block in blocks if "messages" in block.values])
    builder = Builder(reading, texts)
    nodes = builder.build([block for block in blocks if "messages" not in block.values])
    main = nodes.get(MAIN)
    if not isinstance(main, Menu):
        reading.mistakes.append(("menu.yaml", 1, f"there must be a question called {MAIN}"))
    if reading.mistakes or not isinstance(main, Menu):
        mistakes = sorted(set(reading.mistakes))
        raise Mistaken([f"{file}:{line}: {says}" for file, line, says in mistakes])
    return Flows(_ordered(nodes), main, texts, readers)


def _ordered(nodes: Mapping[str, Node]) -> Mapping[str, Node]:
    return dict(sorted(nodes.items()))


def _texts(reading: Reading, blocks: list[Block]) -> Texts:
    messages: dict[str, Message] = {}
    forbidden: dict[str, tuple[str, ...]] = {}
    for block in blocks:
        reading.only(block, ("messages", "forbidden"))
        inner = reading.inner(block, "messages")
        for name in inner.values:
            messages[name] = _message(reading, reading.inner(inner, name))
        lists = reading.inner(block, "forbidden")
        reading.only(lists, ("everywhere", "speakers"))
        forbidden |= {name: reading.many(lists, name) for name in lists.values}
    return Texts(messages, forbidden)


def _message(reading: Reading, block: Block) -> Message:
    reading.only(block, ("label", "text", "staff", "parts"))
    parts = reading.words(block, "parts", "1")
    if parts not in {"1", "2"}:
        reading.wrong(block, "parts", "'parts' is 1 or 2: no SMS is longer than two segments")
        parts = "1"
    return Message(
        reading.need(block, "text"),
        reading.words(block, "label"),
        f"{block.file}:{block.line}",
        reading.flag(block, "staff"),
        int(parts),
    )
