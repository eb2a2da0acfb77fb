"""The search of the objet: an index of its words on each engine, without accents.

What was said is in none. On PostgreSQL the owner asks it: where rows have rights, no index may be
asked by a search. It gives row ids, never words, and of cases that somebody still has.
"""

from sqlalchemy import Connection

# Letters of the national languages, as whoever has none of them types them (flows/place_names.py).
_PLAIN = (
    "ɛe Ɛe əe Əe ǝe ɔo Ɔo ɲny Ɲny ŋng Ŋng ɓb Ɓb ɗd Ɗd ƴy Ƴy ɠg Ɠg ɣgh Ɣgh œoe Œoe æae Æae øo Øo"
)
_HELD = (
    "subject_line IS NOT NULL AND status IN ('answered', 'asked', 'reopened', 'routed', 'taken')"
)
_VECTOR = "to_tsvector('simple'::regconfig, jaabi_plain(subject_line))"


def _plain(said: str) -> str:
    for pair in _PLAIN.split():
        said = f"replace({said}, '{pair[0]}', '{pair[1:]}')"
    return said


_BARE = r"regexp_replace(normalize($1, NFKD), '[\u0300-\u036f]', '', 'g')"
_INTO = "INSERT INTO case_objet"
_ADD = f"{_INTO} (rowid, objet) VALUES (new.id, {_plain('new.subject_line')})"
_OLD = _plain("old.subject_line")
_DROP = f"{_INTO} (case_objet, rowid, objet) VALUES ('delete', old.id, {_OLD})"
_TRIGGERS = {
    "case_objet_new": ("INSERT ON case_ WHEN new.", _ADD),
    "case_objet_undone": ("UPDATE OF subject_line ON case_ WHEN old.", _DROP),
    "case_objet_said": ("UPDATE OF subject_line ON case_ WHEN new.", _ADD),
    "case_objet_gone": ("DELETE ON case_ WHEN old.", _DROP),
}
_FROM = "SELECT id FROM case_"
_FOUND = f"{_FROM} WHERE {_HELD} AND {_VECTOR} @@ to_tsquery('simple'::regconfig, wanted)"
# Whoever builds case_ anew, as SQLite changes columns, loses its triggers: lift before, lay after.
SQLITE = (
    "CREATE VIRTUAL TABLE case_objet USING fts5"
    "(objet, content='', tokenize='unicode61 remove_diacritics 2')",
    *(
        f"CREATE TRIGGER {name} AFTER {when}subject_line IS NOT NULL BEGIN {does}; END"
        for name, (when, does) in _TRIGGERS.items()
    ),
)
POSTGRESQL = (
    "CREATE FUNCTION jaabi_plain(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE"
    f" AS $$ SELECT lower({_plain(_BARE)}) $$",
    f"CREATE INDEX ix_case_objet ON case_ USING gin ({_VECTOR}) WHERE {_HELD}",
    "CREATE FUNCTION jaabi_objet(wanted text) RETURNS SETOF integer LANGUAGE sql STABLE"
    f" SECURITY DEFINER SET search_path FROM CURRENT AS $$ {_FOUND} $$",
)


def lay(connection: Connection) -> None:
    """Make the index, empty of what was there before: there was no objet before there was this."""
    is_sqlite = connection.dialect.name == "sqlite"
    for statement in SQLITE if is_sqlite else POSTGRESQL:
        connection.exec_driver_sql(statement)


def let_go(connection: Connection) -> None:
    """Take the words of rows that are gone out of the file: until it is merged SQLite keeps them.

    PostgreSQL does so when it vacuums.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"{_INTO} (case_objet) VALUES ('optimize')")


def lift(connection: Connection) -> None:
    """Take the index away."""
    if connection.dialect.name == "sqlite":
        gone = (*(f"DROP TRIGGER {name}" for name in _TRIGGERS), "DROP TABLE case_objet")
    else:
        gone = (
            "DROP FUNCTION jaabi_objet(text)",
            "DROP INDEX ix_case_objet",
            "DROP FUNCTION jaabi_plain(text)",
        )
    for statement in gone:
        connection.exec_driver_sql(statement)
