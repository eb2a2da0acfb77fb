"""Blocks of a definition file into states: one kind of state for one key that says so."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flows.reading import Block, Reading
from flows.texts import Texts
from flows.words import (
    BACK,
    DROPPED,
    Act,
    Branch,
    Each,
    End,
    Fork,
    Json,
    Menu,
    Node,
    Option,
    Pages,
    Traits,
)

_FLOW = ("flow", "states", "sensitive", "topic", "resume", "staff", "sms", "wrong", "lost")
_STATE = ("screen", "like", "wrong", "lost", "fresh", "notice", "uncounted")
_MENU = ("text", "options", "each", "hint", "read", "keep", "set", "then", "next", "zero")
_OPTION = ("text", "to", "key", "value", "set", "when", "unless", "also", "uncounted")


@dataclass(frozen=True, slots=True)
class _Here:
    """The state being built: its full name, its block, and what its file says of all."""

    at: str
    block: Block
    traits: Traits


class Builder:
    """Builds the states of all files and then looks whether every target exists."""

    def __init__(self, reading: Reading, texts: Texts) -> None:
        self._reading = reading
        self._texts = texts
        self._targets: list[tuple[Block, str, str]] = []
        self._kinds: Mapping[str, Callable[[_Here], Node]] = {
            "text": self._menu,
            "pages": self._pages,
            "end": self._end,
            "do": self._act,
            "go": self._fork,
        }

    def build(self, files: list[Block]) -> dict[str, Node]:
        """Return all states by their full names, noting every mistake."""
        blocks: dict[str, tuple[Block, Block]] = {}
        for file in files:
            for at, block in self._states(file):
                if at in blocks:
                    self._reading.wrong(block, "", f"{at} stands in two files")
                blocks[at] = file, block
        nodes = {}
        for at, (file, block) in blocks.items():
            node = self._node(at, file, self._like(block, at, blocks))
            if node is not None:
                nodes[at] = node
        for block, key, target in self._targets:
            if target not in blocks and target not in {BACK, DROPPED}:
                self._reading.wrong(block, key, f"leads to {target}, which does not exist")
        return nodes

    def _states(self, file: Block) -> list[tuple[str, Block]]:
        if not file.values:
            return []
        self._reading.only(file, _FLOW)
        name = self._reading.need(file, "flow")
        states = self._reading.inner(file, "states")
        found = []
        for at in states.values:
            block = self._reading.inner(states, at)
            block.line = states.lines[at]
            found.append((f"{name}.{at}", block))
        return found

    def _like(self, block: Block, at: str, blocks: dict[str, tuple[Block, Block]]) -> Block:
        if "like" not in block.values:
            return block
        name = _full(self._reading.words(block, "like"), at)
        if name not in blocks:
            self._reading.wrong(block, "like", f"is like {name}, which does not exist")
            return block
        return block.over(blocks[name][1])

    def _node(self, at: str, file: Block, block: Block) -> Node | None:
        kinds = [kind for kind in self._kinds if kind in block.values]
        if len(kinds) != 1:
            says = f"{at} needs exactly one of text, pages, end, do, go"
            self._reading.wrong(block, "", says)
            return None
        return self._kinds[kinds[0]](_Here(at, block, self._traits(at, file, block)))

    def _traits(self, at: str, file: Block, block: Block) -> Traits:
        reading = self._reading
        ways = {
            key: _full(reading.words(block, key) or reading.words(file, key) or default, at)
            for key, default in (("wrong", "menu.wrong"), ("lost", "menu.lost"))
        }
        for key, target in ways.items():
            self._targets.append((block if key in block.values else file, key, target))
        return Traits(
            label=reading.words(block, "screen"),
            where=f"{block.file}:{block.line}",
            message=self._message(block),
            flow=at.partition(".")[0],
            sms=reading.flag(file, "sms"),
            staff=reading.flag(file, "staff"),
            sensitive=reading.flag(file, "sensitive"),
            topic=reading.flag(file, "topic"),
            resume=reading.flag(file, "resume"),
            fresh=reading.flag(block, "fresh"),
            notice=reading.flag(block, "notice"),
            uncounted=reading.flag(block, "uncounted"),
            wrong=ways["wrong"],
            lost=ways["lost"],
        )

    def _menu(self, here: _Here) -> Menu:
        reading, block = self._reading, here.block
        reading.only(block, (*_STATE, *_MENU))
        for key in ("keep", "then"):  # told also where no option asks for them
            reading.words(block, key)
        self._sets(block)
        read = reading.inner(block, "read")
        reading.only(read, ("as", "keep", "to"))
        return Menu(
            here.at,
            self._text(block, "text"),
            tuple(self._option(here, option) for option in reading.blocks(block, "options")),
            self._each(here),
            reading.words(block, "hint"),
            reading.need(read, "as") if read.values else "",
            reading.need(read, "keep") if read.values else "",
            self._target(here, read, "to") if read.values else "",
            self._line(here, "next"),
            self._line(here, "zero"),
            here.traits,
        )

    def _option(self, here: _Here, option: Block) -> Option:
        reading, block = self._reading, here.block
        reading.only(option, _OPTION)
        sets = {**self._sets(block), **self._sets(option)}
        if "value" in option.values:
            sets[reading.need(block, "keep")] = reading.words(option, "value")
        from_state = "to" not in option.values and "then" in block.values
        return Option(
            self._target(here, *((block, "then") if from_state else (option, "to"))),
            reading.words(option, "text"),
            reading.words(option, "key"),
            sets,
            reading.words(option, "when"),
            reading.words(option, "unless"),
            reading.many(option, "also"),
            reading.flag(option, "uncounted"),
        )

    def _each(self, here: _Here) -> Each | None:
        reading = self._reading
        each = reading.inner(here.block, "each")
        if not each.values:
            return None
        reading.only(each, ("of", "text", "keep", "to", "size"))
        size = reading.need(each, "size")
        if size not in set("12345678"):
            reading.wrong(each, "size", "'size' is how many stand on a page: 1 to 8")
            size = "1"
        return Each(
            reading.need(each, "of"),
            reading.need(each, "text").replace("{", "{#."),
            reading.need(each, "keep"),
            self._target(here, each, "to"),
            int(size),
        )

    def _pages(self, here: _Here) -> Pages:
        self._reading.only(here.block, (*_STATE, "pages", "next", "zero"))
        return Pages(
            here.at,
            self._reading.words(here.block, "pages"),
            self._line(here, "next"),
            self._line(here, "zero"),
            here.traits,
        )

    def _end(self, here: _Here) -> End:
        self._reading.only(here.block, (*_STATE, "end"))
        return End(here.at, self._text(here.block, "end"), here.traits)

    def _act(self, here: _Here) -> Act:
        reading, block = self._reading, here.block
        reading.only(block, (*_STATE, "do", "then", "set"))
        then = reading.inner(block, "then")
        outcomes = {outcome: self._target(here, then, outcome) for outcome in then.values}
        return Act(here.at, reading.words(block, "do"), outcomes, self._sets(block), here.traits)

    def _fork(self, here: _Here) -> Fork:
        reading, block = self._reading, here.block
        reading.only(block, (*_STATE, "go", "set"))
        branches = []
        for branch in reading.blocks(block, "go"):
            reading.only(branch, ("when", "is", "to"))
            when, among = reading.words(branch, "when"), reading.many(branch, "is")
            branches.append(Branch(self._target(here, branch, "to"), when, among))
        if not branches or branches[-1].when or not all(one.when for one in branches[:-1]):
            reading.wrong(block, "go", "only the last branch stands without 'when', and it must")
        return Fork(here.at, tuple(branches), self._sets(block), here.traits)

    def _line(self, here: _Here, key: str) -> Option | None:
        """Read ``next`` or ``zero``: one text and where it leads."""
        line = self._reading.inner(here.block, key)
        if key not in here.block.values:
            return None
        if len(line.values) != 1:
            self._reading.wrong(here.block, key, f"'{key}' is one text and where it leads")
            return None
        text = next(iter(line.values))
        return Option(self._target(here, line, text), text)

    def _sets(self, block: Block) -> dict[str, Json]:
        sets = self._reading.inner(block, "set")
        for name, value in sets.values.items():
            if not isinstance(value, str | bool):
                self._reading.wrong(sets, name, f"'{name}' is set to a text, true or false")
        return dict(sets.values)

    def _message(self, block: Block) -> str:
        """Return the name of the SMS text that this state says, or nothing if it has its own."""
        said = block.values.get("text", block.values.get("end"))
        name = said.values.get("message") if isinstance(said, Block) else None
        return name if isinstance(name, str) else ""

    def _text(self, block: Block, key: str) -> str:
        if not isinstance(block.values.get(key), Block):
            return self._reading.words(block, key)
        inner = self._reading.inner(block, key)
        self._reading.only(inner, ("message",))
        name = self._reading.need(inner, "message")
        if name not in self._texts.messages:
            self._reading.wrong(inner, "message", f"there is no message '{name}'")
            return ""
        return self._texts.messages[name].text

    def _target(self, here: _Here, block: Block, key: str) -> str:
        target = _full(self._reading.need(block, key), here.at)
        self._targets.append((block, key, target))
        return target


def _full(target: str, at: str) -> str:
    if "." in target or target in {BACK, DROPPED}:
        return target
    return f"{at.partition('.')[0]}.{target}"
