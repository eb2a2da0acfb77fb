"""Commands and addresses: which of them speak of cases, and how each is asked.

What has no entry here fails: whoever adds a command or an address says first what it shows.
"""

from tests.matrix import console

# Commands that list rows: how each is called. None of them may tell that somebody spoke in private.
SHOWS = {
    "accounts": (("accounts", "list", "--json"),),
    "alerts": (("alerts", "--json"), ("alerts", "--evacuations", "--json")),
    # Every export is noted too, so only readings are compared.
    "audit": (("audit", "list", "--json", "--act", "read"),),
    "cases": (
        ("cases", "--json"),
        ("cases",),
        ("cases", "--summary", "--json"),
        ("cases", "--kind", "complaint", "--json"),
        ("cases", "--since", "2026-01-01", "--json"),
    ),
    "dead-letters": (("dead-letters", "--json"),),
    "export": tuple(
        ("export", what, "--format", form)
        for what in ("cases", "referrals", "figures")
        for form in ("csv", "jsonl")
    ),
    "messages": (("messages", "--json"), ("messages", "--direction", "out", "--json")),
    "people": (("people", "list", "--json"),),
    "referrals": (("referrals", "--json"), ("referrals", "--summary", "--json")),
    "slips": (("slips", "list", "--json"),),
    "stock": (("stock", "--json"),),
}
# Commands that show no row of a case: processes, settings, files of keys, the directory, and what
# is written sealed for somebody else (backup).
SILENT = frozenset(
    {
        "acceptor",
        "backup",
        "channels",
        "console",
        "counters",
        "directory",
        "doctor",
        "flows",
        "init",
        "keeper",
        "keys",
        "network",
        "phone",
        "prepare",
        "privacy",
        "public",
        "purge",
        "restore",
        "route",
        "run",
        "sending",
        "upgrade",
        "worker",
    }
)

# Addresses by application, and how each is asked for; None: only providers post there, and their
# answers are those of the phone (tests/matrix/doors.py, tests/models/test_receipts.py).
ADDRESSES = {
    "public": {
        "/health/live": "/health/live",
        "/health/ready": "/health/ready",
        "/hooks/<channel>/<token>/<event>": None,
    },
    "demo": {"/phone": "/phone", "/phone/static/<path:filename>": None},
    # To whoever did not sign in; to the others: tests/matrix/test_console.py.
    "console": {
        **dict.fromkeys({*console.LISTS, *console.ITEMS, *console.ACTS, *console.BLIND}),
        **{path: path for path in ("/health/live", "/health/ready", "/metrics", "/", "/file")},
    },
}
# Lines of /metrics that change by themselves.
VOLATILE = ("jaabi_database_bytes", "jaabi_database_clock", "jaabi_disk_free", "jaabi_up")
