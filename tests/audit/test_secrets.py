"""Secrets are found, in files and in what was taken out again, and there is none."""

import subprocess

import pytest

from tests.audit.secret_scan import files, history, scan
from tests.rules.sources import ROOT

# Put together here, so that this very file holds none.
SECRETS = {
    "a key file": "0123456789abcdef" * 4,
    "an age identity": "AGE-SECRET-KEY-" + "1" + "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L" * 2,
    "a password hash": "$argon2"
    + "id$v=19$m=65536,t=3,p=4$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA",
    "a key of Africa's Talking": "atsk" + "_" + "0123456789abcdef" * 4,
    "a token of Twilio": 'auth_token = ["' + "0123456789abcdef" * 2 + '"]',
    "Private Key": "-----BEGIN " + "RSA PRIVATE KEY-----",
    "AWS Access Key": "AKIA" + "QYLPMN5HHHFPZAM2",
    "Basic Auth Credentials": "postgresql+psycopg://jaabi:" + "s3cr3twords" + "@db.example/jaabi",
    "Slack Token": "xoxb-" + "263594206564-2343594206564-FGqddMF8t08v8N7Oq4i57vs1",
}


@pytest.fixture
def repository(tmp_path):
    def git(*words):
        who = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.org"]
        subprocess.run(["git", *who, *words], cwd=tmp_path, check=True, capture_output=True)

    git("init", "-q")
    return tmp_path, git


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_is_found(kind):
    assert kind in {one.kind for one in scan([("here", SECRETS[kind])])}


def test_a_secret_that_was_taken_out_again_is_found_in_the_history(repository):
    folder, git = repository
    (folder / "channels.toml").write_text(f"password = 1\n{SECRETS['a key file']}\n")
    git("add", ".")
    git("commit", "-qm", "in")
    (folder / "channels.toml").write_text("password = 1\n")
    git("commit", "-qam", "out")
    assert scan(files(folder)) == []
    [found] = scan(history(folder))
    assert found.kind == "a key file"
    assert found.where.endswith(" channels.toml")


def test_a_file_that_could_be_committed_is_looked_at_before_it_is(repository):
    folder, _ = repository
    (folder / "notes.txt").write_text(SECRETS["an age identity"])
    assert [one.where for one in scan(files(folder))] == ["notes.txt:1"]


def test_nothing_in_the_repository_is_a_secret():
    assert scan(files(ROOT)) == []
