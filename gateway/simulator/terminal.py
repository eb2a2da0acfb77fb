"""A phone in the terminal: one line is one answer; each screen or SMS ends with a ``--`` line."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TextIO

import requests

from gateway.simulator.errors import NetworkAway, NoSession, SimulatorError
from gateway.simulator.phones import full_number

ANSWER_SECONDS = 40.0  # the service has 10 s to answer, the line may be slow on request
PATIENCE_SECONDS = 20.0


class Misuse(SimulatorError):
    """A line that is no command of a phone."""


class Line:
    """The way from one phone to the network, over HTTP."""

    def __init__(self, url: str, number: str) -> None:
        self.number = full_number(number)
        self._url = url.rstrip("/")
        self._http = requests.Session()
        self._http.trust_env = False  # a proxy of the machine has nothing to do on loopback

    def get(self, path: str, **query: object) -> Any:
        """Ask the network. Raises NetworkAway."""
        return self._ask("GET", path, query={**query, "number": self.number})

    def post(self, path: str, **form: object) -> Any:
        """Tell the network. Raises NetworkAway, NoSession."""
        return self._ask("POST", path, form={**form, "number": self.number})

    def close(self) -> None:
        """Close the way."""
        self._http.close()

    def _ask(
        self,
        method: str,
        path: str,
        query: dict[str, Any] | None = None,
        form: dict[str, Any] | None = None,
    ) -> Any:
        url = f"{self._url}{path}"
        try:
            answer = self._http.request(
                method, url, params=query, data=form, timeout=ANSWER_SECONDS
            )
            body = answer.json()
        except requests.RequestException:
            raise NetworkAway("the phone network does not answer; is the demo running?") from None
        if answer.status_code == 409:
            raise NoSession
        if answer.status_code >= 400:
            raise NetworkAway(f"the phone network refused: {answer.status_code}")
        return body


@dataclass
class Terminal:
    """One phone and where it prints. ``notices`` is told what a screen would not say."""

    line: Line
    out: TextIO
    notices: TextIO
    in_session: bool = False

    def play(self, lines: Iterable[str]) -> None:
        """Do line after line, then hang up. Raises NetworkAway."""
        try:
            for line in lines:
                self._try(line.rstrip("\r\n"))
        finally:
            self._hang_up()

    def do(self, line: str) -> None:
        """Do one line: a command in capitals, or an answer. Raises Misuse, NetworkAway."""
        word, _, rest = line.partition(" ")
        if word == "DIAL":
            self._dial(rest.strip())
        elif line == "HANGUP":
            self._hang_up()
        elif word == "SMS" and rest:
            self.line.post("/phones/sms", text=rest)
        elif line == "INBOX":
            self._print_letters(self._letters(since=0, wait=0.0))
        elif word == "WAIT" and rest:
            self._wait(rest)
        elif line or self.in_session:
            self._answer(line)

    def show_unread(self) -> None:
        """Print the SMS that nobody has read yet on this phone."""
        self._print_letters(self._unread(0.0))

    def _try(self, line: str) -> None:
        try:
            self.do(line)
        except Misuse as misuse:
            self.notices.write(f"{misuse}\n")
            self.notices.flush()

    def _dial(self, typed: str) -> None:
        code = typed
        if not typed or typed.isdigit():
            service_code = self.line.get("/phones")["service_code"]
            code = f"{service_code[:-1]}*{typed}#" if typed else service_code
        self._show(self.line.post("/phones/dial", code=code)["screen"])

    def _answer(self, words: str) -> None:
        if not self.in_session:
            raise Misuse("no session is open: DIAL first")
        try:
            self._show(self.line.post("/phones/answer", text=words)["screen"])
        except NoSession:
            self.in_session = False
            raise Misuse("the session is over: DIAL again") from None

    def _hang_up(self) -> None:
        if self.in_session:
            self.in_session = False
            self.line.post("/phones/hangup")

    def _wait(self, seconds: str) -> None:
        try:
            end = time.monotonic() + float(seconds)
        except ValueError:
            raise Misuse("WAIT takes a number of seconds") from None
        left = PATIENCE_SECONDS
        while left > 0:
            left = max(end - time.monotonic(), 0.0)
            self._print_letters(self._unread(min(left, PATIENCE_SECONDS)))

    def _unread(self, wait: float) -> list[dict[str, Any]]:
        read = self.line.get("/phones/inbox", since=0)["read"][self.line.number]
        return self._letters(since=read, wait=wait)

    def _letters(self, since: int, wait: float) -> list[dict[str, Any]]:
        found = self.line.get("/phones/inbox", since=since, wait=wait)
        if found["letters"]:
            self.line.post("/phones/read", seq=found["next"])
        letters: list[dict[str, Any]] = found["letters"]
        return letters

    def _show(self, screen: Mapping[str, Any]) -> None:
        self.in_session = not screen["over"]
        self._print(screen["text"])

    def _print_letters(self, letters: list[dict[str, Any]]) -> None:
        for letter in letters:
            if letter["kind"] == "sms":
                self._print(letter["text"])

    def _print(self, text: str) -> None:
        self.out.write(f"{text}\n--\n")
        self.out.flush()


def open_line(url: str, number: str) -> Line:
    """Open the way of a phone to the network at ``url``. Raises UnknownPhone, NetworkAway."""
    line = Line(url, number)
    line.get("/phones")
    return line
