"""Looks for secrets in all files and in all that ever was in the history.

The forms of many services' keys are those of detect-secrets; what our own keys look like is told
here. A line is looked at once, however many commits hold it.
"""

import re
import subprocess
import tomllib
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from detect_secrets.core.scan import scan_line
from detect_secrets.settings import transient_settings

DETECTORS = (
    "ArtifactoryDetector",
    "AWSKeyDetector",
    "AzureStorageKeyDetector",
    "BasicAuthDetector",
    "CloudantDetector",
    "DiscordBotTokenDetector",
    "GitHubTokenDetector",
    "GitLabTokenDetector",
    "IbmCloudIamDetector",
    "JwtTokenDetector",
    "MailchimpDetector",
    "NpmDetector",
    "OpenAIDetector",
    "PrivateKeyDetector",
    "PypiTokenDetector",
    "SendGridDetector",
    "SlackDetector",
    "SquareOAuthDetector",
    "StripeDetector",
    "TelegramBotTokenDetector",
    "TwilioKeyDetector",
)
OURS = {
    "a key file": re.compile(r"^[0-9a-f]{64}$"),
    "an age identity": re.compile(r"AGE-SECRET-KEY-1[0-9A-Z]{20}"),
    "a password hash": re.compile(r"\$argon2(id|i|d)\$v=\d+\$[^{}]*\$[A-Za-z0-9+/]{16}"),
    "a key of Africa's Talking": re.compile(r"\batsk_[0-9a-f]{32}"),
    "a token of Twilio": re.compile(r"(?i)auth_?token\W{1,6}[0-9a-f]{32}\b"),
}
# A line without any of these can hold none of them: most lines are passed over quickly.
WORTH_A_LOOK = re.compile(r"[A-Za-z0-9+/_=\-]{20}|://|BEGIN|xox|AKIA")
NOT_OURS = re.compile(
    r"(^|/)(requirements(-dev)?\.lock|package-lock\.json)$"
)  # hashes of libraries


NO_SECRETS = Path(__file__).with_name("no_secrets.toml")


class Found(NamedTuple):
    """A line that looks like a secret: what kind, and where it stands or once stood."""

    kind: str
    where: str


def scan(lines: Iterable[tuple[str, str]]) -> list[Found]:
    """Return what looks like a secret among lines, each with where it stands."""
    found: list[Found] = []
    seen: set[str] = set()
    looked_at = set(tomllib.loads(NO_SECRETS.read_text(encoding="utf-8")))
    with transient_settings({"plugins_used": [{"name": name} for name in DETECTORS]}):
        for where, line in lines:
            words = line.strip()
            if words in seen or not WORTH_A_LOOK.search(words):
                continue
            seen.add(words)
            if named(words) in looked_at:
                continue
            found += [Found(kind, where) for kind, form in OURS.items() if form.search(words)]
            found += [Found(one.type, where) for one in scan_line(words)]
    return found


def named(words: str) -> str:
    """Return the name of a line in no_secrets.toml: a digest, for it may look like a secret."""
    return sha256(words.encode()).hexdigest()[:16]


def files(root: Path) -> Iterator[tuple[str, str]]:
    """Every line of every file that is or could be committed."""
    names = _git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    for name in names:
        path = root / name
        if not name or NOT_OURS.search(name) or not path.is_file():
            continue
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        yield from ((f"{name}:{number}", line) for number, line in enumerate(lines, 1))


def history(root: Path) -> Iterator[tuple[str, str]]:
    """Every line that any commit ever brought, with the commit and the file."""
    log = _git(root, "log", "--all", "--no-color", "--no-renames", "-p", "-U0", "--format=%x00%h")
    commit = name = ""
    for line in log.split("\n"):
        if line.startswith("\0"):
            commit = line[1:]
        elif line.startswith("+++ "):
            name = line[4:].removeprefix("b/")
        elif line.startswith("+") and not NOT_OURS.search(name):
            yield f"{commit} {name}", line[1:]


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, check=True)
    return done.stdout.decode("utf-8", errors="replace")
