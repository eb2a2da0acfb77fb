"""The conservation law: what was acknowledged against what the database and the providers hold."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from tests.chaos.crowd import FIRST

SENT = frozenset({"delivered", "handed_over", "unknown", "failed", "withheld"})
DOUBTED = frozenset({"unknown", "sending"})
TAKEN = frozenset({"delivered", "handed_over"})
LOSSES = ("lost", "not heard", "report lost", "code of no case", "set aside")
DISORDER = (
    "kept out of order",
    "answered out of order",
    "last word not obeyed",
)
DOUBLES = ("received twice", "sent twice", "sensitive repeated")
INBOX = "SELECT id, provider_id, contact, status, settled_at, cause FROM inbound_message"
OUTBOX = (
    "SELECT text.id, text.cause, text.purpose, text.channel, text.status, text.sensitive,"
    " text.repeated, text.tries, text.provider_id, text.reason, text.settled_at, text.priority,"
    " coalesce(text.contact, person.pseudonym) AS whose FROM outbound_message text"
    " LEFT JOIN person ON person.id = text.person_id ORDER BY text.id"
)
REPORTS = "SELECT provider_id, matched FROM delivery_report"


@dataclass
class Verdict:
    """What was broken, by the name of the law; and the figures of the table."""

    broken: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    figures: dict[str, int] = field(default_factory=dict)

    @property
    def lost(self):
        return self._count(*LOSSES)

    @property
    def disorder(self):
        return self._count(*DISORDER)

    @property
    def twice(self):
        return self._count(*DOUBLES)

    @property
    def other(self):
        """How often any other law was broken: what has no end, or an end without a reason."""
        return self._count(*self.broken) - self.lost - self.disorder - self.twice

    def _count(self, *names):
        return sum(len(self.broken.get(name, ())) for name in names)

    @property
    def summary(self):
        return {name: (len(found), found[:3]) for name, found in self.broken.items() if found}


def judge(stage, history):
    """Return the verdict over the whole history of a storm that is over and settled."""
    verdict = Verdict()
    inbox = stage.rows(f"{INBOX} ORDER BY id")
    outbox = stage.rows(OUTBOX)
    _judge_inbox(verdict, history, inbox)
    _judge_order(verdict, history, inbox, outbox)
    _judge_outbox(verdict, outbox)
    accepted = [one for provider in stage.providers for one in provider.accepted]
    _judge_sends(verdict, stage, outbox, accepted)
    _judge_effects(verdict, stage, history)
    _judge_reports(verdict, history, outbox, stage.rows(REPORTS))
    verdict.broken["set aside"] = [one.name for one in stage.home.glob("spool/*/aside/*.why")]
    verdict.figures |= {
        "acknowledged": len(history.acknowledged),
        "inbox rows": len(inbox),
        "outbox rows": len(outbox),
        "texts accepted": len(accepted),
        "codes shown": len(history.receipts),
        "reports": len(history.reported),
        **{f"sent: {status}": count for status, count in _counted(outbox, "status").items()},
        "unknown, sensitive": sum(one["sensitive"] for one in outbox if _is_unknown(one)),
        "unknown, ordinary": sum(not one["sensitive"] for one in outbox if _is_unknown(one)),
        "repeated": sum(bool(one["repeated"]) for one in outbox),
        "overtaken": _overtaken(outbox, accepted),
    }
    return verdict


def _judge_inbox(verdict, history, inbox):
    found = Counter(one["provider_id"] for one in inbox)
    taken = {one.id for one in history.acknowledged}
    verdict.broken["lost"] = sorted(taken - found.keys())
    verdict.broken["received twice"] = [name for name, rows in found.items() if rows > 1]
    verdict.broken["never said"] = sorted(found.keys() - history.said.keys())
    for one in inbox:
        if one["status"] == "dead":
            verdict.broken["dead letter"].append(f"{one['id']}: {one['cause']}")
        elif one["status"] == "ignored":  # whatever the crowd says is meant to be heard
            verdict.broken["not heard"].append(f"{one['id']}: {one['cause']}")
        elif one["status"] != "processed" or one["settled_at"] is None:
            verdict.broken["inbox unsettled"].append(f"{one['id']}: {one['status']}")


def _judge_order(verdict, history, inbox, outbox):
    """Texts of one phone: acknowledged, kept and answered in the same order."""
    replies = {one["cause"]: one for one in outbox if one["cause"].startswith("inbound:")}
    threads = defaultdict(list)
    for one in inbox:
        if one["provider_id"] in history.said:
            threads[history.said[one["provider_id"]].phone].append(one)
    for rows in threads.values():
        _in_order(verdict, "kept out of order", [_acknowledged(history, one) for one in rows])
        # By the order of their answers, not by the clock, which may jump in a storm.
        answers = [replies[f"inbound:{one['id']}"]["id"] for one in rows if _cause(one) in replies]
        _in_order(verdict, "answered out of order", answers)


def _overtaken(outbox, accepted):
    """How many answers reached their phone before an earlier one that was tried once.

    A figure and no law: the database does not tell who had waited for a road, or for a clock.
    """
    at = {one.provider_id: one.at for one in accepted}
    latest, count = defaultdict(float), 0
    for one in outbox:
        sent_once = one["provider_id"] in at and one["tries"] == 1 and not one["repeated"]
        if sent_once and one["cause"].startswith("inbound:"):
            count += at[one["provider_id"]] < latest[one["whose"]]
            latest[one["whose"]] = max(latest[one["whose"]], at[one["provider_id"]])
    return count


def _in_order(verdict, law, marks):
    known = [one for one in marks if one is not None]
    if known != sorted(known):
        verdict.broken[law].append(str(known))


def _acknowledged(history, row):
    return history.said[row["provider_id"]].acknowledged


def _cause(row):
    return f"inbound:{row['id']}"


def _judge_outbox(verdict, outbox):
    for one in outbox:
        if one["status"] not in SENT or one["settled_at"] is None:
            verdict.broken["outbox unsettled"].append(f"{one['id']}: {one['status']}")
        if one["sensitive"] and one["repeated"]:
            verdict.broken["sensitive repeated"].append(str(one["id"]))
        if one["status"] in ("failed", "withheld", "unknown") and not one["reason"]:
            verdict.broken["ended without a reason"].append(f"{one['id']}: {one['status']}")


def _judge_sends(verdict, stage, outbox, accepted):
    """Whatever a provider accepted beyond what we know of must be explained by a doubt of ours."""
    known = {one["provider_id"] for one in outbox if one["status"] in TAKEN}
    told = {one.provider_id for one in accepted}
    for one in outbox:
        if one["status"] in TAKEN and one["provider_id"] not in told:
            verdict.broken["handed over to nobody"].append(str(one["id"]))
    names = {one.to: stage.vault.pseudonym(one.to) for one in accepted}
    ghosts = Counter(names[one.to] for one in accepted if one.provider_id not in known)
    doubts = Counter()
    for one in outbox:
        # What is still in our hands is no double, but another law's breach: it has no end.
        doubts[one["whose"]] += bool(one["repeated"]) + (one["status"] in DOUBTED)
    for whose, count in ghosts.items():
        if count > doubts[whose]:
            verdict.broken["sent twice"].append(f"{whose[:8]}: {count} ghosts, {doubts[whose]}")
    verdict.figures["ghosts"] = ghosts.total()


def _is_unknown(row):
    return row["status"] == "unknown"


def _judge_effects(verdict, stage, history):
    """Codes that were shown, complaints that were told, and the last word about STOP."""
    cases = Counter(one["contact"] for one in stage.rows("SELECT contact FROM case_"))
    silent = stage.rows("SELECT pseudonym FROM contact WHERE stopped_at IS NOT NULL")
    stopped = {one["pseudonym"] for one in silent}
    for phone, code in history.receipts:
        if stage.case_of(phone, code) is None:
            verdict.broken["code of no case"].append(phone[-4:])
    for phone in history.finished:
        name, whose = history.scripts[phone], stage.vault.pseudonym(phone)
        if name in ("words", "ussd") and cases[whose] != 1:
            verdict.broken["not one case"].append(f"{phone[-4:]} {name}: {cases[whose]}")
        if name == "keywords" and whose in stopped:
            verdict.broken["last word not obeyed"].append(phone[-4:])
    verdict.figures["phones"] = sum(int(phone[-4:]) >= FIRST for phone in history.finished)


def _judge_reports(verdict, history, outbox, reports):
    kept = {one["provider_id"] for one in reports}
    ours = {one["provider_id"]: one for one in outbox if one["provider_id"]}
    for provider_id in history.reported:
        if provider_id not in kept:
            verdict.broken["report lost"].append(provider_id)
        elif provider_id in ours and ours[provider_id]["status"] != "delivered":
            verdict.broken["report not applied"].append(str(ours[provider_id]["id"]))


def _counted(rows, name):
    return Counter(one[name] for one in rows)
