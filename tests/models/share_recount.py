"""Counts anew, from the rows themselves, what was answered in time. Imports nothing of ours.

The days a class has come from reference/domain.md 4.1; free days are those of Mali between
November 2026 and February 2027.
"""

import sqlite3
from collections import defaultdict
from datetime import date, datetime, time, timedelta

DAYS = {"C0": 30, "C1": 7, "C2": 14, "C3": 30, "C4": 14, "C8": 14}
HOURS = {"C9": 72}
FREE = {
    *(date(2026, 12, 25), date(2027, 1, 1), date(2027, 1, 14), date(2027, 1, 20)),
}
ANSWERS = {"answered", "reached", "not_reached"}


def recount(path, now):
    """Return {class: (received, in time, late)} of the ordinary cases in a SQLite file."""
    link = sqlite3.connect(path)
    rows = list(
        link.execute(
            "SELECT c.id, c.class, e.transition, e.at FROM case_ c"
            # what joined an event is counted as that event
            " JOIN (SELECT case_id FROM case_event WHERE transition = 'opened'"
            "  AND status <> 'joined') f ON f.case_id = c.id"
            " JOIN case_event e ON e.case_id = c.id ORDER BY c.id, e.id"
        )
    )
    link.close()
    histories = defaultdict(list)
    for case_id, case_class, transition, at in rows:
        if case_class in DAYS or case_class in HOURS:
            histories[case_id, case_class].append((transition, moment(at)))
    counted = defaultdict(lambda: [0, 0, 0])
    for (_, case_class), history in histories.items():
        counted[case_class][0] += 1
        verdict = judge(case_class, history, now)
        if verdict is not None:
            counted[case_class][1 if verdict else 2] += 1
    return {name: tuple(three) for name, three in counted.items()}


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=None)


def judge(case_class, history, now):
    """Return True in time, False late, None not to be said yet or ever."""
    end = end_of(case_class, history[0][1])
    for transition, at in history:
        if transition in ANSWERS:
            return at <= end
        if transition == "withdrawn":
            return None if at <= end else False
    return None if now.replace(tzinfo=None) <= end else False


def end_of(case_class, since):
    if case_class in HOURS:
        return since + timedelta(hours=HOURS[case_class])
    day = since.date() + timedelta(days=DAYS[case_class])
    while day.weekday() in {5, 6} or day in FREE:
        day += timedelta(days=1)
    return datetime.combine(day, time.min)
