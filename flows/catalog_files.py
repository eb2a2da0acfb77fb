"""Catalogs as PO files: read from the package, and brought up to date with the French."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import resources
from io import BytesIO

from babel.messages.catalog import Catalog as PoCatalog
from babel.messages.catalog import Message as PoMessage
from babel.messages.pofile import write_po

from flows.catalogs import Catalog, Entry, digest, entry_of, french_of, parse, read
from flows.errors import Mistaken
from flows.words import Flows
from flows.yaml_files import read_yaml

LANGUAGES = ("bm", "ff", "ses", "taq", "snk", "ar", "en")
STAFF = "en"  # for their pages; no phone is offered it
FILE = "flows.po"
_REVIEWED = "\n# status: reviewed\n"
_UNWRAPPED = 0
_HEAD = """\
# The words of the conversations, one entry a text. Beside each: status (missing, draft, attested,
# reviewed), source, by (who read it), date, french (digest of what was translated), back (what the
# readers understood), voice (recording). Only what is reviewed is shown to anybody.
msgid ""
msgstr ""
"Project-Id-Version: jaabi\\n"
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""


@dataclass(frozen=True, slots=True)
class Attested:
    """A word found in a source, as it stands there."""

    word: str
    source: str


def catalogs() -> list[Catalog]:
    """Return the catalogs of the package. Raises Mistaken if one cannot be read."""
    return [read(language, text) for language, text in _texts()]


def spoken() -> list[Catalog]:
    """Return the catalogs in which anything is reviewed; every process reads them at its start."""
    return [
        read(language, text)
        for language, text in _texts()
        if language != STAFF and _REVIEWED in text
    ]


def _texts() -> Iterator[tuple[str, str]]:
    folder = resources.files("flows") / "locale"
    for language in LANGUAGES:
        file = folder / language / FILE
        if file.is_file():
            yield language, file.read_text(encoding="utf-8")


def attested(language: str) -> dict[str, Attested]:
    """Return the attested words of a language by the French line that says the same."""
    text = (resources.files("flows") / "attested.yaml").read_text(encoding="utf-8")
    words = read_yaml(text).get(language, {})
    return {french: Attested(one["word"], one["source"]) for french, one in words.items()}


def extract(flows: Flows, language: str, before: str, *, begin: bool = False) -> str:
    """Return the PO file ``before`` with the French as it is now; twice is once.

    A text whose French has changed becomes a draft again. One whose state is gone is kept aside.
    An empty catalog stays empty, unless somebody is about to ``begin`` it. Raises Mistaken if it
    cannot be read.
    """
    head, body = _parted(language, before)
    if not body.strip() and not begin:
        return head
    old, gone = _known(language, before)
    words = attested(language)
    french = french_of(flows)
    entries = [
        _updated(Entry(name, text), old.get(name) or gone.get(name), words.get(text))
        for name, text in french.items()
    ]
    aside = {name: one for name, one in {**gone, **old}.items() if one.text and name not in french}
    return f"{head}\n{_written(flows, entries, aside.values())}"


def _parted(language: str, text: str) -> tuple[str, str]:
    """Return the header, as its last editor left it, and the rest."""
    if not text.strip():
        return _HEAD.format(language=language), ""
    head, _, body = text.partition("\n\n")
    if 'msgid ""' not in head:
        raise Mistaken([f"locale/{language}: the file does not begin with its header"])
    return f"{head.rstrip()}\n", body


def _known(language: str, text: str) -> tuple[Mapping[str, Entry], Mapping[str, Entry]]:
    if not text.strip():
        return {}, {}
    found = parse(language, text)
    gone = [entry_of(message) for message in found.obsolete.values() if message.context]
    return read(language, text).entries, {entry.name: entry for entry in gone}


def _updated(now: Entry, old: Entry | None, word: Attested | None) -> Entry:
    if old is not None and old.text:
        changed = old.french != now.french
        of = old.of or digest(old.french)
        return replace(old, french=now.french, of=of, status="draft" if changed else old.status)
    if word is None:
        return now
    of = digest(now.french)
    return replace(now, text=word.word, status="attested", source=word.source, of=of)


def _written(flows: Flows, entries: Iterable[Entry], aside: Iterable[Entry]) -> str:
    catalog = PoCatalog(fuzzy=False)
    for entry in entries:
        catalog[entry.name] = _message(entry, _remarks(flows, entry.name))
    for entry in aside:
        catalog.obsolete[(entry.french, entry.name)] = _message(entry, [])
    file = BytesIO()
    write_po(file, catalog, width=_UNWRAPPED, omit_header=True)
    return file.getvalue().decode()


def _message(entry: Entry, remarks: list[str]) -> PoMessage:
    fields = {
        "status": entry.status,
        "source": entry.source,
        "by": " ".join(entry.by),
        "date": entry.date,
        "french": entry.of,
        "back": entry.back,
        "voice": entry.voice,
    }
    return PoMessage(
        entry.french,
        entry.text,
        flags=["fuzzy"] if entry.text and entry.status != "reviewed" else [],
        auto_comments=remarks,
        user_comments=[f"{name}: {value}" for name, value in fields.items() if value],
        context=entry.name,
    )


def _remarks(flows: Flows, name: str) -> list[str]:
    """Return what a translator should know: the screen in the field guide, and who reads it."""
    kind, _, rest = name.partition(".")
    if kind == "messages":
        message = flows.texts.messages[rest]
        label, staff = message.label or "SMS", message.staff
    else:
        traits = flows.nodes[name.partition("/")[0].partition(":")[0]].traits
        label, staff = traits.label, traits.staff
    remarks = [label] if label else []
    return [", ".join([*remarks, "for staff"])] if staff else remarks
