"""Every road by which a registered person can meet an item: what has no entry here fails.

A door that names an item is tried with its number; a list is read whole; what is blind has nothing
to say of any item that others told.
"""

# Verbs of SMS that name an item of the case's kind, and the line that tries each.
LINES = {
    "VOIR": "VOIR {n}",
    "PRIS": "PRIS {n}",
    "DIRE": "DIRE {n} on vous appelle demain",
    "FINI": "FINI {n} le camion est venu",
    "RENVOI": "RENVOI {n} pas de chez nous",
    "NOTE": "NOTE {n} a rappeler",
    "ANNULE": "ANNULE {n}",
}
BARE = "{n}"  # a number alone is VOIR
LISTS = ("LISTE", "VOIR")

# Effects behind the PIN that name an item: the answers that try each.
ON_ITEM = {
    "open_item": {},
    "take_item": {},
    "answer_item": {"how": "answer", "words": "on vous appelle demain"},
    "return_item": {"why": "1"},
    "propose_lowering": {"why": "1"},
    "judge_lowering": {"agree": "1"},
}
COUNTS = ("my_items", "my_counts")

# Numbers of other things, which have doors of their own.
OTHER_NUMBERS = frozenset({"referral", "repair"})

# Verbs without a number of an item: what they begin, or count, is the writer's own.
BLIND_VERBS = frozenset(
    {"AIDE", "ALERTE", "EVAC", "LV", "PERDU", "PRIVE", "REF", "RUPTURE", "STOCK", "VENUE"}
)

# Effects that show no item that others told: places, languages, the speaker's own receipts
# (tests/models/test_receipts.py), codes of referrals, phones.
BLIND_EFFECTS = frozenset(
    [
        "add_words",
        "agree_call",
        "allow_repair",
        "block_phone",
        "call_evacuation",
        "centre_telephone",
        "centres_around",
        "change_pin",
        "choose_language",
        "code_come",
        "code_not_serve",
        "code_send_on",
        "code_serve",
        "concerned",
        "count_walk_in",
        "facilities_near",
        "facility_facts",
        "find_phone",
        "find_place",
        "find_without_code",
        "help_numbers",
        "help_on_duty",
        "issue_receipt",
        "knock",
        "languages",
        "list_cercles",
        "list_communes",
        "my_codes",
        "name_place",
        "open_call_back",
        "open_case",
        "open_code",
        "put_stock",
        "raise_alert",
        "read_alert",
        "read_evacuation",
        "refer_herself",
        "refine_private",
        "reopen",
        "reset_pin",
        "same_stock",
        "satisfied",
        "say_received",
        "show_code",
        "sign_in",
        "start_place",
        "stock_level",
        "stop_referral",
        "tally",
        "understand",
        "urgent_numbers",
        "weigh_pin",
        "withdraw",
    ]
)
