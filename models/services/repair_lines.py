"""The SMS lines on repair requests, for the organisation that was asked (field.md 7.2)."""

from collections.abc import Callable, Mapping

from flows.commands import Command
from flows.deadlines import told
from models.repair import Repair
from models.services import repair_answers
from models.services.facts import commune
from models.services.handling import Desk
from models.services.puzzles import no_such_item
from models.services.replies import Reply


def _show(desk: Desk, repair: Repair, _words: str) -> str:
    return desk.say(
        "repair_facts",
        n=repair.number,
        facts=desk.say(f"category_{repair.category}"),
        place=commune(desk.work, repair),
        date=told(repair.due_at),
    )


def _take(desk: Desk, repair: Repair, _words: str) -> str:
    if repair.answered_at is not None:
        return desk.say("repair_over", n=repair.number)
    repair_answers.take(desk, repair)
    return desk.say("repair_taken", n=repair.number)


def _answer(desk: Desk, repair: Repair, words: str) -> str:
    if not words:
        return _take(desk, repair, words)  # says what is wanted
    return _settled(desk, repair, words, "answered")


def _return(desk: Desk, repair: Repair, words: str) -> str:
    return _settled(desk, repair, words or desk.say("repair_refused"), "closed")


def _settled(desk: Desk, repair: Repair, words: str, status: str) -> str:
    done = repair_answers.answer(desk, repair, words, status)
    return desk.say("repair_answered" if done else "repair_over", n=repair.number)


def _note(desk: Desk, repair: Repair, words: str) -> str:
    if not words:
        return _show(desk, repair, words)
    repair_answers.note(desk, repair, words)
    return desk.say("repair_noted", n=repair.number)


def _undo(desk: Desk, repair: Repair, _words: str) -> str:
    undone = repair_answers.undo(desk, repair)
    return desk.say("undone" if undone else "repair_undo_late", n=repair.number)


def _on(act: Callable[[Desk, Repair, str], str]) -> Callable[[Desk, str, Command], Reply]:
    def found(desk: Desk, number: str, asked: Command) -> Reply:
        repair = repair_answers.find(desk, number)
        return no_such_item(desk, number) if repair is None else act(desk, repair, asked.words)

    return found


def _may_know(desk: Desk, number: str) -> bool:
    return repair_answers.find(desk, number) is not None


ON_ITEM: Mapping[tuple[str, str], Callable[[Desk, str, Command], Reply]] = {
    ("repair", "VOIR"): _on(_show),
    ("repair", "PRIS"): _on(_take),
    ("repair", "DIRE"): _on(_answer),
    ("repair", "FINI"): _on(_answer),
    ("repair", "RENVOI"): _on(_return),
    ("repair", "NOTE"): _on(_note),
    ("repair", "ANNULE"): _on(_undo),
}
KNOWN: Mapping[str, Callable[[Desk, str], bool]] = {"repair": _may_know}
