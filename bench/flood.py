"""A flood, and fifty people who tell of harm meanwhile: how soon a person has each of them.

Real processes on PostgreSQL: 10,000 messages within a minute, from one phone and from a thousand,
while 25 people tell of harm by SMS and 25 by USSD. Run: python -m bench.flood [messages]
"""

import sys
import time
from collections.abc import Iterator
from itertools import count
from urllib.parse import urlencode

import psycopg

from bench import _paced as paced
from bench import _service as service
from bench._whole import whole
from bench.webhooks import sms_path

MESSAGES, SECONDS = 10_000, 60.0
GENUINE = 25  # by each of the two roads
CONNECTIONS = 16
TOO_LONG_S = 900.0
HARM = "un homme de l'ong a viole la fille de ma soeur {}"
FOOD = "les vivres de tessit n'ont pas ete donnes a la famille {}"
PRIVATE = ("", "5", "5*1", "5*1*2", "5*1*2*1", "5*1*2*1*1")  # M1-5 to P4, where it is filed
NUMBERS = count()

LATE = (
    "SELECT max(extract(epoch FROM settled_at - received_at)) FROM inbound_message"
    " WHERE provider_id LIKE 'genuine-%'"
)
HELD = "SELECT count(*) FROM case_ WHERE class IN ('C5', 'C6', 'C7') AND holder_person IS NOT NULL"
LEFT = "SELECT count(*) FROM inbound_message WHERE settled_at IS NULL"
KEPT = "SELECT count(*) FROM inbound_message WHERE status = 'processed'"
MOST = (
    "SELECT max(sent) FROM (SELECT count(*) AS sent FROM outbound_message"
    " WHERE person_id IS NULL AND status <> 'withheld' GROUP BY contact) AS phones"
)


def main() -> None:
    """Print, for one phone and for a thousand, how soon harm was heard and what was sent."""
    messages = int(sys.argv[1]) if len(sys.argv) > 1 else MESSAGES
    for phones in (1, 1000):
        print(f"{messages} messages from {phones} phones within {SECONDS:.0f} s", flush=True)
        for line in flood(phones, messages):
            print(f"  {line}", flush=True)


def flood(phones: int, messages: int) -> Iterator[str]:
    """Yield what came of a flood."""
    with (
        service.postgres() as url,
        whole(url) as (server, _),
        psycopg.connect(url.replace("+psycopg", "")) as link,
    ):
        link.autocommit = True
        path = sms_path(server)
        tracks = [
            paced.Track("flood", path, messages / SECONDS, _texts("flood", FOOD, phones)),
            paced.Track("harm", path, GENUINE / SECONDS, _texts("genuine", HARM, None)),
            paced.Track("private", server.path, _keys_a_second(), _dialogues()),
        ]
        paced.run(server.port, tracks, seconds=SECONDS, connections=CONNECTIONS)
        yield f"answered by the webhook: p95 {tracks[0].quantile(0.95):.0f} ms"
        took = _until_done(link)
        sent = sum(len(one.latencies) for one in tracks[:2])
        yield f"harm by SMS with a person after {_ask(link, LATE):.1f} s at the latest"
        yield f"harm by USSD: keypresses p95 {tracks[2].quantile(0.95):.0f} ms"
        yield f"sensitive cases that a person holds: {_ask(link, HELD):.0f}"
        yield f"of {sent} texts taken, {_ask(link, KEPT):.0f} handled, {took:.0f} s later all"
        yield f"most texts to one phone: {_ask(link, MOST):.0f}"


def _until_done(link: psycopg.Connection) -> float:
    begun = time.monotonic()
    while _ask(link, LEFT):
        if time.monotonic() > begun + TOO_LONG_S:
            raise TimeoutError
        time.sleep(1)
    return time.monotonic() - begun


def _ask(link: psycopg.Connection, sql: str) -> float:
    row = link.execute(sql.encode()).fetchone()
    return float(row[0] or 0) if row else 0.0


def _keys_a_second() -> float:
    return GENUINE * len(PRIVATE) / SECONDS


def _texts(name: str, words: str, phones: int | None) -> list[Iterator[tuple[bytes, str]]]:
    """Return texts without end; of so many phones, or of another one each time."""
    numbers = count()

    def texts() -> Iterator[tuple[bytes, str]]:
        for number in numbers:
            last = 2000 + number % phones if phones else 5000 + number
            fields = {"id": f"{name}-{number}", "from": f"+2237000{last:04d}", "to": "36000"}
            fields |= {"text": words.format(number), "date": "2026-11-22 10:00:00"}
            yield urlencode(fields).encode(), ""

    return [texts() for _ in range(2 * CONNECTIONS)]


def _dialogues() -> list[Iterator[tuple[bytes, str]]]:
    """Return people who dial, each at the pace of a thumb, and tell of harm by their keypad."""

    def keypresses() -> Iterator[tuple[bytes, str]]:
        for number in NUMBERS:
            for typed in PRIVATE:
                fields = {"sessionId": f"ATUid_{number}", "phoneNumber": f"+2237000{6000 + number}"}
                fields |= {"serviceCode": "*123#", "networkCode": "61002", "text": typed}
                yield urlencode(fields).encode(), ""

    return [keypresses() for _ in range(GENUINE)]


if __name__ == "__main__":
    main()
