"""Who may read which key: by the modes of the files, by what is loaded, by what starts without."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway import unlocking
from gateway.cli import commands
from gateway.cli_base import Unusable
from gateway.console import key as console_key
from gateway.console.application import console_app
from gateway.settings import Settings
from gateway.supervisor import Program, Supervisor
from models import passphrase
from models.seal import Sealer, Transit
from models.strongbox import Strongbox
from models.vault import Vault, create_keys

ROOT = Path(__file__).resolve().parents[2]
UNITS = ROOT / "deploy" / "systemd"
PRIVATE = {"keeper", "words"}
# What a process of the console must never have loaded, whatever it shows (architecture 5).
OPENERS = ("models.vault", "models.word_keys", "models.strongbox", "models.passphrase", "workers")


@pytest.fixture
def keys(tmp_path):
    create_keys(tmp_path / "keys")
    vault = Vault.load(tmp_path / "keys")
    vault.words.put([])
    vault.words.close()
    return tmp_path / "keys"


def readable(keys, *, is_in_group):
    """Return the files that another user could read, by modes: whoever runs this may be root."""
    bit = stat.S_IRGRP if is_in_group else stat.S_IROTH
    enter = stat.S_IXGRP if is_in_group else stat.S_IXOTH
    found = set()
    for path in keys.rglob("*"):
        folders = [one for one in path.parents if one.is_relative_to(keys)]
        is_open = all(folder.stat().st_mode & enter for folder in folders)
        if path.is_file() and path.stat().st_mode & bit and is_open:
            found.add(str(path.relative_to(keys)))
    return found


def test_public_and_worker_read_what_seals_and_nothing_that_opens(keys):
    theirs = readable(keys, is_in_group=True)
    assert {one.partition("/")[0] for one in theirs} == {
        "addresses.pub",
        "stories.pub",
        "arrivals",
        "transit",
    }
    assert {Path(one).suffix for one in theirs if one.startswith("arrivals/")} == {".pub"}
    assert {path.name for path in keys.iterdir() if path.is_dir()} == PRIVATE | {
        "arrivals",
        "transit",
    }


def test_the_console_reads_what_seals_and_not_what_opens(keys):
    found = readable(keys, is_in_group=False)
    assert {one.partition("/")[0] for one in found} == {"addresses.pub", "stories.pub", "arrivals"}
    assert {Path(one).suffix for one in found} == {".pub"}


def test_with_every_file_of_public_and_worker_nothing_sealed_opens(keys, tmp_path):
    sealer = Sealer.load(keys)
    sealed, (words, name, wrapped) = sealer.number("+22370000001"), sealer.story("Le puits est sec")
    secrets = [(keys / one).read_text().strip() for one in readable(keys, is_in_group=True)]
    copy = tmp_path / "stolen"
    for one in readable(keys, is_in_group=True):
        (copy / one).parent.mkdir(parents=True, exist_ok=True)
        (copy / one).write_text((keys / one).read_text())
    assert Transit.load(copy).wrap("mots")
    with pytest.raises(OSError, match="pepper"):
        Vault.load(copy)
    for secret in secrets:  # not one of them is a private half, or the pepper, under another name
        for path in (keys / "keeper").iterdir():
            assert path.read_text().strip() != secret
    assert Vault.load(keys).number(sealed) == "+22370000001"
    assert Vault.load(keys).story(words, name, wrapped) == "Le puits est sec"


def test_the_console_starts_and_answers_with_what_everybody_may_read(keys, tmp_path, sqlite_store):
    for one in readable(keys, is_in_group=False):
        (tmp_path / "public" / one).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(keys / one, tmp_path / "public" / one)
    settings = Settings.load(home=tmp_path, keys=tmp_path / "public")
    console_key.create(settings.home)
    client = console_app(settings, sqlite_store).test_client()
    assert client.get("/health/live").status_code == 200
    assert client.get("/metrics").status_code == 200


def test_the_console_has_loaded_nothing_that_opens_or_sends(tmp_path):
    """Every module under gateway.console, in a process that serves it."""
    program = """
import json, pkgutil, sys
import gateway.cli_console, gateway.console
for one in pkgutil.walk_packages(gateway.console.__path__, "gateway.console."):
    __import__(one.name)
print(json.dumps(sorted(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    loaded = json.loads(done.stdout)
    assert "gateway.console.application" in loaded
    assert [one for one in loaded if one.startswith(OPENERS)] == []
    senders = (
        "gateway.channels.africastalking",
        "gateway.channels.twilio",
        "gateway.channels.kannel",
    )
    assert [one for one in loaded if one.startswith(senders)] == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_as_another_user_the_private_keys_cannot_be_read(keys):
    open_to_all = Path(tempfile.mkdtemp(prefix="jaabi-"))
    open_to_all.chmod(0o755)
    keys = keys.rename(open_to_all / "keys")
    public = b"".join(sorted(path.read_bytes() for path in keys.rglob("*.pub")))
    words = [str(path) for path in keys.rglob("*") if path.is_file()]
    done = subprocess.run(
        ["/bin/cat", *words], capture_output=True, user=65534, group=65534, extra_groups=[]
    )
    shutil.rmtree(open_to_all)
    assert sorted(done.stdout.splitlines()) == sorted(public.splitlines())


def unit(name):
    """Return the settings of one unit, each with its values in order."""
    said = {}
    for line in (UNITS / f"{name}.service").read_text().splitlines():
        key, is_setting, value = line.partition("=")
        if is_setting and not line.startswith("#"):
            said.setdefault(key, []).append(value)
    return said


PROCESSES = ("jaabi-public", "jaabi-console", "jaabi-worker", "jaabi-keeper")


def test_each_process_has_a_user_of_its_own_and_only_the_keeper_its_folders():
    assert [unit(one)["User"] for one in PROCESSES] == [[one] for one in PROCESSES]
    assert unit("jaabi-keeper")["ReadWritePaths"] == ["/var/lib/jaabi-keys /run/jaabi"]
    for one in ("jaabi-public", "jaabi-worker"):
        [closed] = unit(one)["InaccessiblePaths"]
        assert {f"-/var/lib/jaabi-keys/{folder}" for folder in PRIVATE} <= set(closed.split())
        assert "jaabi-words" in unit(one)["SupplementaryGroups"][0]
    [closed] = unit("jaabi-console")["InaccessiblePaths"]
    folders = {f"-/var/lib/jaabi-keys/{folder}" for folder in (*PRIVATE, "transit")}
    assert folders <= set(closed.split())
    assert "jaabi-words" not in unit("jaabi-console")["SupplementaryGroups"][0]
    assert unit("jaabi-console")["Environment"] == [
        "JAABI_HOME=/var/lib/jaabi-console",
        "JAABI_CHANNELS=/dev/null",
    ]


@pytest.mark.parametrize("name", PROCESSES)
def test_no_unit_may_gain_rights_leave_a_core_or_hold_a_secret(name):
    said = unit(name)
    assert said["NoNewPrivileges"] == said["PrivateTmp"] == said["ProtectHome"] == ["yes"]
    assert (said["ProtectSystem"], said["LimitCORE"], said["CapabilityBoundingSet"]) == (
        ["strict"],
        ["0"],
        [""],
    )
    assert said["ExecStart"] == [
        f"/usr/local/lib/jaabi/.venv/bin/jaabi {name.removeprefix('jaabi-')}"
    ]
    text = (UNITS / f"{name}.service").read_text()
    for secret in ("PASSPHRASE=", "password", "OWNER_URL", "TOKEN"):
        assert secret not in text


def test_with_the_keys_locked_a_copy_of_every_file_opens_nothing_without_the_passphrase(
    keys, tmp_path
):
    (tmp_path / "said").write_text("un long mot de passe\n")
    url = f"sqlite:///{tmp_path / 'jaabi.db'}"
    environment = {
        "JAABI_HOME": str(tmp_path),
        "JAABI_DATABASE_URL": url,
        "JAABI_KEYS_PASSPHRASE_FILE": str(tmp_path / "said"),
    }
    runner = CliRunner(env=environment)
    assert runner.invoke(commands, ["upgrade"]).exit_code == 0
    sealed = Sealer.load(keys).number("+22370000001")
    before = {path: path.read_text() for path in keys.rglob("*.key")}
    done = runner.invoke(commands, ["keys", "lock"])
    assert done.exit_code == 0, done.output
    assert runner.invoke(commands, ["keys", "lock"]).exit_code == 0  # what broke off goes on
    for path, text in before.items():
        assert (path.read_text() == text) is ("transit" in str(path))
    assert "True" in runner.invoke(commands, ["keys", "list"]).output
    (tmp_path / "said").write_text("un autre mot de passe\n")
    wrong = runner.invoke(commands, ["keys", "unlock"])
    assert (wrong.exit_code, "not the passphrase" in wrong.stderr) == (2, True)
    runner.env["JAABI_KEYS_PASSPHRASE_FILE"] = ""
    nobody = runner.invoke(commands, ["keys", "unlock"])
    assert (nobody.exit_code, "nobody is here" in nobody.stderr) == (2, True)
    runner.env["JAABI_KEYS_PASSPHRASE_FILE"] = str(tmp_path / "said")
    (tmp_path / "said").write_text("un long mot de passe\n")
    assert runner.invoke(commands, ["keys", "unlock"]).exit_code == 0
    assert {path: path.read_text() for path in before} == before
    assert Vault.load(keys).number(sealed) == "+22370000001"


def test_a_short_passphrase_is_refused(keys, tmp_path):
    (tmp_path / "said").write_text("court\n")
    environment = {
        "JAABI_HOME": str(tmp_path),
        "JAABI_KEYS_PASSPHRASE_FILE": str(tmp_path / "said"),
    }
    done = CliRunner(env=environment).invoke(commands, ["keys", "lock"])
    assert (done.exit_code, "12 characters" in done.stderr) == (2, True)
    assert not (keys / "keeper" / "lock.json").exists()


def test_a_passphrase_typed_once_is_handed_to_the_keeper_alone_as_often_as_it_starts(
    keys, tmp_path, monkeypatch
):
    said = "un long mot de passe"
    box = passphrase.begin(keys / "keeper", said)
    assert Strongbox(keys / "keeper", box).lock_all() == 3
    settings = Settings.load(home=tmp_path, keys=keys)
    monkeypatch.setattr(unlocking, "ask", lambda: "un autre mot de passe")
    with pytest.raises(Unusable, match="not the passphrase"):
        unlocking.hand_over(settings)
    monkeypatch.setattr(unlocking, "ask", lambda: said)
    handed = unlocking.hand_over(settings)
    [name], [handle] = handed.environment, handed.files

    def says(to):
        """What a process can read of it, written down at each of its starts."""
        program = (
            "import os, sys\nfound = 'nothing'\n"
            f"try: found = open(os.environ['{name}']).read()\nexcept (KeyError, OSError): pass\n"
            "open(sys.argv[1], 'a').write(found + '\\n')\n"
        )
        return [sys.executable, "-c", program, str(to)]

    keeper, public = tmp_path / "keeper", tmp_path / "public"
    programs = [Program("keeper", says(keeper), handed=handed), Program("public", says(public))]

    def both_began_twice():
        return all(one.exists() and one.read_text().count("\n") > 1 for one in (keeper, public))

    Supervisor(programs, dict(os.environ)).run(
        both_began_twice, lambda: os.kill(os.getpid(), signal.SIGTERM)
    )
    os.close(handle)
    assert set(keeper.read_text().split("\n")) == {said, ""}
    assert set(public.read_text().split("\n")) == {"nothing", ""}
    assert said not in json.dumps(dict(handed.environment))
