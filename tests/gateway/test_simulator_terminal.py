"""A phone in the terminal: lines in, screens and SMS out, each ended by two hyphens."""

import os
import pty
import subprocess
import sys

import pytest
import requests
from africastalking.SMS import SMSService
from click.testing import CliRunner

from gateway.cli_phone import phone
from gateway.simulator.network import Network, NetworkSettings
from tests.gateway.fake_service import FakeService

ONE, TWO = "+22370000001", "+22370000002"


def dialogue(fields):
    """Play a service of two questions."""
    answers = fields["text"].split("*") if fields["text"] else []
    if len(answers) < 2:
        return f"CON Question {len(answers) + 1}\n0 Sortir"
    return f"END Merci pour {answers[1]}"


@pytest.fixture
def service():
    running = FakeService(dialogue)
    yield running
    running.close()


@pytest.fixture
def network(service):
    running = Network(
        NetworkSettings(
            "127.0.0.1", 0, service.url, "t" * 40, "sandbox", "key", "36000", "*123#",
            report_seconds=0.0,
        )
    )  # fmt: skip
    running.start()
    yield running
    running.close()


@pytest.fixture
def play(network):
    """Run the command on some lines, as `jaabi phone` does with a script."""

    def run(*lines, number="0001"):
        environment = {"JAABI_NETWORK_PORT": str(network.port)}
        text = "".join(f"{line}\n" for line in lines)
        result = CliRunner().invoke(phone, ["--number", number], input=text, env=environment)
        assert result.exit_code == 0, result.output
        return result

    return run


def send(network, text, number=ONE):
    sdk = SMSService("sandbox", "key")
    sdk._baseUrl = f"{network.url}/version1"
    sdk.send(text, [number], sender_id="36000")


def test_each_line_is_an_answer_and_each_screen_ends_with_two_hyphens(play, service):
    result = play("DIAL", "1", "du sel")
    assert result.stdout == (
        "Question 1\n0 Sortir\n--\nQuestion 2\n0 Sortir\n--\nMerci pour du sel\n--\n"
    )
    assert result.stderr == ""
    assert [hop["text"] for hop in service.of("ussd")] == ["", "1", "1*du sel"]


@pytest.mark.parametrize("line", ["DIAL *123*6143#", "DIAL 6143"])
def test_a_longer_code_is_dialled_in_full_or_by_its_digits(play, service, line):
    assert play(line).stdout == "Question 2\n0 Sortir\n--\n"
    assert service.of("ussd")[0]["text"] == "6143"


def test_an_empty_line_is_an_empty_answer_in_a_session_and_nothing_outside(play, service):
    play("", "DIAL", "1", "", "")
    assert [hop["text"] for hop in service.of("ussd")] == ["", "1", "1*"]


def test_words_that_only_begin_like_a_command_are_answers(play, service):
    play("DIAL", "SMS", "DIALOGUE rompu", number="0002")
    assert [hop["text"] for hop in service.of("ussd")] == ["", "SMS", "SMS*DIALOGUE rompu"]


@pytest.mark.parametrize("lines", [("DIAL", "HANGUP"), ("DIAL",)])
def test_the_session_is_hung_up_on_command_and_at_the_end_of_input(play, service, lines):
    play(*lines)
    [told] = service.wait_for("ussd-end")
    assert told["status"] == "Incomplete"


def test_an_answer_without_a_session_is_refused_with_a_sentence_and_the_script_goes_on(play):
    result = play("1", "DIAL")
    assert result.stdout == "Question 1\n0 Sortir\n--\n"
    assert result.stderr == "no session is open: DIAL first\n"


def test_an_sms_leaves_the_phone(play, service):
    play("SMS Pas de vivres à Tessit", number="+22370000002")
    [posted] = service.wait_for("sms")
    assert (posted["from"], posted["text"]) == (TWO, "Pas de vivres à Tessit")


def test_the_inbox_prints_every_sms_again_and_wait_only_those_nobody_read(play, network, service):
    send(network, "Un")
    send(network, "Deux")
    service.wait_for("delivery", 2)
    assert play("WAIT 0").stdout == "Un\n--\nDeux\n--\n"
    assert play("WAIT 0").stdout == ""
    assert play("INBOX").stdout == "Un\n--\nDeux\n--\n"
    assert play("INBOX", number="0002").stdout == ""


def test_wait_prints_the_sms_that_arrive_meanwhile(play, network, service):
    requests.post(
        f"{network.url}/phones/misbehave",
        data={"number": ONE, "how": "delay", "seconds": "0.2"},
        timeout=10,
    )
    send(network, "Votre code: 48 21 73")
    assert play("WAIT 1").stdout == "Votre code: 48 21 73\n--\n"


def test_wait_takes_seconds(play):
    assert "number of seconds" in play("WAIT demain").stderr


def test_a_number_outside_the_test_range_is_misuse():
    result = CliRunner().invoke(phone, ["--number", "76543210"])
    assert result.exit_code == 2
    assert "test numbers" in result.stderr
    assert "76543210" not in result.stderr


def test_without_a_running_demo_the_command_says_so(network):
    nobody = FakeService()
    nobody.close()
    port = nobody.url.rpartition(":")[2]
    result = CliRunner().invoke(phone, [], env={"JAABI_NETWORK_PORT": port})
    assert result.exit_code == 1
    assert "is the demo running?" in result.stderr


def chunks(leader):
    """Everything a terminal whose other end is closed still holds; Linux says EIO at the end."""
    while True:
        try:
            yield os.read(leader, 4096)
        except OSError:
            return


def test_a_person_at_a_terminal_sees_a_prompt_and_what_arrived(network):
    send(network, "Votre code: 48 21 73")
    leader, follower = pty.openpty()
    code = "from gateway.cli_phone import phone; phone()"
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=follower,
        stdout=follower,
        stderr=follower,
        env={**os.environ, "JAABI_NETWORK_PORT": str(network.port)},
    )
    os.close(follower)
    os.write(leader, b"DIAL\n\x04")
    process.wait(20)
    seen = b"".join(chunks(leader)).decode()
    os.close(leader)
    assert process.returncode == 0
    assert "Votre code: 48 21 73" in seen
    assert "0001>" in seen
    assert "Question 1" in seen
