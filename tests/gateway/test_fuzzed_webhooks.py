"""Thousands of invented requests to every hook of every provider: none is an error of ours."""

import shutil
from collections import Counter
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder

from gateway import assembly
from models.inbound import InboundMessage
from models.outbound import DeliveryReport, OutboundMessage
from tests.gateway import africastalking_posts, kannel_posts, twilio_posts, ussd_posts
from tests.gateway.our_logs import our_logs
from tests.gateway.service import CHANNEL, FORM, TOKEN, serving

TURNED, NAMED, RAW = 2500, 1300, 1300  # requests of each kind
TAKEN = (200, 204)
PUBLIC = "http://127.0.0.1:8000"
JSON = "application/json"
TWILIO = {"provider": "twilio", "token": [TOKEN], "account_sid": twilio_posts.ACCOUNT}
TABLES = {
    "tw": {**TWILIO, "auth_token": twilio_posts.TOKEN, "sender": twilio_posts.SMS_SENDER},
    "wa": {**TWILIO, "auth_token": twilio_posts.TOKEN, "sender": twilio_posts.CHAT_SENDER},
    "kn": {
        "provider": "kannel",
        "token": [TOKEN],
        "sendsms_url": "http://127.0.0.1:1/sendsms",
        "username": "jaabi",
        "password": "password-of-a-test",
        "sender": "36000",
    },
    **{
        name: {"provider": "ussd_http", "shape": name, "token": [TOKEN]}
        for name in ussd_posts.NETWORKS
    },
}


@dataclass(frozen=True)
class Knock:
    """One request: ``raw`` is its query when it is a GET, else its body."""

    channel: str
    event: str
    method: str = "POST"
    raw: bytes = b""
    headers: dict = field(default_factory=dict)
    kind: str | None = FORM
    token: str = TOKEN
    query: bytes = b""

    @property
    def signed(self):
        """Return the same as Twilio would sign it, so that more than its signature is read."""
        fields = dict(parse_qsl(self.raw.decode("latin-1"), keep_blank_values=True))
        url = f"{PUBLIC}/hooks/{self.channel}/{self.token}/{self.event}"
        return replace(self, headers={**self.headers, **twilio_posts.signed(url, fields)})


def known_at():
    for event, body in africastalking_posts.POSTS.values():
        yield Knock(CHANNEL, event, raw=body)
    for body in africastalking_posts.CALLS.values():
        yield Knock(CHANNEL, "voice", raw=body)


def known_twilio():
    for post in twilio_posts.POSTS.values():
        if not post.is_json:
            yield from (Knock(channel, post.event, raw=post.body) for channel in ("tw", "wa"))


def known_kannel():
    for event, query in [*kannel_posts.ASKED.values(), *kannel_posts.BROKEN.values()]:
        yield Knock("kn", event, "GET", query.encode("latin-1"))
    for op in ("%01", "%12", "%13", ""):
        yield Knock("kn", "ussd", "GET", kannel_posts.ussd("1", op=op, its="%01%02").encode())
    yield Knock("kn", "sms-post", raw=b"bonjour", headers=kannel_posts.POSTED, kind=None)


def known_ussd():
    for name, one in ussd_posts.NETWORKS.items():
        for turn, kind in enumerate(("begin", "answer", "answer", *one.ends)):
            said = ussd_posts.Said(kind, "1" if turn else "*123#", "*".join("1" * turn), turn)
            content = JSON if one.post(said).startswith(b"{") else "text/xml"
            yield Knock(name, "ussd", one.method, one.post(said), kind=content)


KNOWN = [*known_at(), *known_twilio(), *known_kannel(), *known_ussd()]
WORDS = {name for knock in KNOWN for name, _ in parse_qsl(knock.raw.decode("latin-1"))}
NAMES = sorted(name for name in WORDS if len(name) < 30)
PLACES = sorted({(knock.channel, knock.event) for knock in KNOWN})
VALUES = st.one_of(
    st.sampled_from(
        [
            *(
                "+22370000001",
                "22370000001",
                " 22370000001",
                "Orange",
                "36000",
                "",
                "STOP",
                "JAABI",
            ),
            *("1", "1*1*1*2*6143", "*123#", "*123*6143#", "*123", "Success", "delivered", "true"),
            *(
                "\x00",
                "\x1b",
                "\ud800",
                "\u202e",
                "9" * 400,
                "-1",
                "1e999",
                "NaN",
                "null",
                "%",
                "%s",
            ),
            *("{usd}", "'; --", "<a>&b;", "é" * 90, "😀", "true", "0", "8", "16", "\r\nX-A: b"),
            *("UTF-16BE", "utf-7", "nowhere", "2", "READ", "21610", "http://127.0.0.1:1/x"),
        ]
    ),
    st.text(st.characters(), max_size=40),
)
SHARDS = st.one_of(
    st.binary(max_size=12),
    VALUES.map(lambda text: quote(text.encode("utf-8", "surrogatepass")).encode()),
    st.sampled_from([b"&", b"=", b'"', b"{", b"[", b"<", b">", b"null", b"\\ud800", b"&a=1" * 70]),
)
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            *("X-Twilio-Signature", "X-Twilio-Webhooks-Signature-Settings", "X-Kannel-From"),
            *("X-Kannel-Coding", "X-Kannel-Time", "X-Jaabi-Received-At", "X-Forwarded-Host"),
            *("Content-Encoding", "I-Twilio-Idempotency-Token", "Accept", "X-Kannel-SMSC"),
        ]
    ),
    st.one_of(
        st.sampled_from(["2", "UTF-8", "2026-11-22T08:00:00+00:00", "9999-12-31", "+22370000001"]),
        st.text(st.characters(max_codepoint=255, exclude_categories=["Cc"]), max_size=30),
    ),
    max_size=3,
)
KINDS = st.sampled_from(
    [FORM, JSON, "text/xml", "text/plain; charset=utf-16", "multipart/form-data; boundary=b", None]
)
METHODS = st.sampled_from(["GET", "POST", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"])


@st.composite
def turned(draw):
    """Return a request of a provider, some of its bytes turned into others, signed or not."""
    knock = draw(st.sampled_from(KNOWN))
    raw = knock.raw
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(raw)))
        end = draw(st.integers(start, min(len(raw), start + 12)))
        raw = raw[:start] + draw(SHARDS) * draw(st.integers(0, 2)) + raw[end:]
    headers = {**knock.headers, **draw(HEADERS)}
    knock = replace(knock, raw=raw, headers=headers, kind=draw(st.just(knock.kind) | KINDS))
    return knock.signed if knock.channel in {"tw", "wa"} and draw(st.booleans()) else knock


@st.composite
def named(draw):
    """Return a request made of names that providers use, with values that some of them do."""
    channel, event = draw(st.sampled_from(PLACES))
    pairs = draw(st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=14))
    raw = urlencode(pairs, errors="surrogatepass").encode()
    method = next(one.method for one in KNOWN if (one.channel, one.event) == (channel, event))
    knock = Knock(channel, event, method, raw, kind=draw(KINDS))
    return knock.signed if channel in {"tw", "wa"} else knock


RAWS = st.builds(
    Knock,
    channel=st.sampled_from([CHANNEL, *TABLES, "nobody"]),
    event=st.sampled_from(["sms", "ussd", "ussd-end", "delivery", "optout", "voice", "sms-post"]),
    method=METHODS,
    raw=st.binary(max_size=200) | st.integers(60_000, 70_000).map(lambda size: b"[" * size),
    headers=HEADERS,
    kind=KINDS,
    token=st.sampled_from([TOKEN, TOKEN, TOKEN, "c" * 40, "%FF" * 40, "é" * 40, ""]),
    query=st.binary(max_size=60),
)


@pytest.fixture(scope="module")
def fuzzed(sqlite_template, tmp_path_factory):
    """A programme with every channel, and all it logs through our own rules."""
    folder = tmp_path_factory.mktemp("fuzzed")
    shutil.copyfile(sqlite_template, folder / "jaabi.db")
    where = f"sqlite:///{folder / 'jaabi.db'}"
    with our_logs() as stream, serving(where, folder, **TABLES) as one:
        one.logged = stream.getvalue
        yield one


def knocked(service, knock):
    """Make the request and return its status; whatever comes of it is no error of ours."""
    # Laid raw into the environment, as a server does: a client library would tidy it up.
    query = knock.raw if knock.method == "GET" else knock.query
    built = EnvironBuilder(
        path=f"/hooks/{knock.channel}/{knock.token}/{knock.event}",
        method=knock.method,
        data=b"" if knock.method == "GET" else knock.raw,
        content_type=knock.kind,
        headers=knock.headers,
    )
    environ = built.get_environ()
    environ["QUERY_STRING"] = query.decode("latin-1")
    built.close()
    with service.app.test_client() as client:
        reply = client.open(environ)
    assert reply.status_code in {*TAKEN, 400, 403, 404, 405, 413}, knock
    assert "Traceback" not in reply.text
    return reply.status_code


def fuzz(service, knocks, count):
    """Make so many requests and return what was answered, by channel."""
    seen = {name: Counter() for name in [CHANNEL, *TABLES, "nobody"]}

    @settings(max_examples=count, deadline=None, suppress_health_check=list(HealthCheck))
    @given(knock=knocks)
    def knock_once(knock):
        seen[knock.channel][knocked(service, knock)] += 1

    knock_once()
    assert sum(sum(one.values()) for one in seen.values()) >= count
    return seen


def test_what_a_provider_says_with_some_bytes_turned_is_read_or_refused(fuzzed):
    seen = fuzz(fuzzed, turned(), TURNED)
    assert all(sum(seen[name][one] for one in TAKEN) for name in [CHANNEL, *TABLES]), seen


def test_names_and_values_of_all_providers_in_any_mixture_are_read_or_refused(fuzzed):
    seen = fuzz(fuzzed, named(), NAMED)
    assert sum(one[400] for one in seen.values()) > NAMED / 10


def test_bytes_of_any_kind_by_any_method_to_any_door_are_read_or_refused(fuzzed):
    seen = fuzz(fuzzed, RAWS, RAW)
    assert {404, 405} <= set(sum(seen.values(), Counter()))


def test_all_kinds_of_provider_were_asked():
    providers = {"africastalking", *(table["provider"] for table in TABLES.values())}
    assert providers == set(assembly.CHANNELS)


def test_afterwards_no_log_line_tells_of_a_number_a_token_or_a_stack(fuzzed):
    said = fuzzed.logged()
    assert "malformed" in said
    for secret in ("70000001", TOKEN, twilio_posts.TOKEN, "password-of-a-test", "key-of-a-test"):
        assert secret not in said
    assert '"exception"' not in said
    assert "Traceback" not in said


def test_afterwards_everything_accepted_is_in_the_database_and_finds_its_end(fuzzed):
    assert list((fuzzed.settings.spool_dir / "public").glob("*")) == []
    fuzzed.converser.drain()
    rows = fuzzed.rows(InboundMessage)
    assert {row.status for row in rows} == {"processed", "ignored"}
    assert len({(row.channel, row.provider_id) for row in rows}) == len(rows)
    assert fuzzed.rows(DeliveryReport)
    assert {row.status for row in fuzzed.rows(OutboundMessage)} <= {"waiting", "withheld"}
