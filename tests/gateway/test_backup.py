"""The restore drill, on both engines: what was told is there again, what was erased stays gone."""

import json
import shutil
import stat
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from pyrage.x25519 import Identity
from sqlalchemy import create_engine, make_url, select, text

from gateway import lifeline
from gateway.cli import commands
from gateway.cli_base import HALF
from models.case import Case, Story
from models.conversation import Contact
from models.db import Gateway, Job, Operator, Store
from models.outbound import OutboundMessage
from models.person import Person
from models.services import directory, intake, messages, restoring, sending, stories
from models.services.directory import Numbers
from models.services.stories import Words
from tests.conftest import TOOLS
from tests.factories import NEIGHBOUR, SPEAKER, phone_of, staged
from workers.keeper.journal import Clerk, Journal
from workers.keeper.reading import opened


class Drill:
    """A programme on one engine, its backups, and the empty place to restore them into."""

    def __init__(self, stage, home, url, empty, owner=None):
        self.stage, self.home, self.url, self.empty = stage, home, url, empty
        self.owner = owner  # on PostgreSQL the application owns no table
        self.file = home.parent / "backup"
        self.words = home.parent / "backup.words"
        self.identity = home.parent / "identity"
        one, other = Identity.generate(), Identity.generate()
        self.identity.write_text(f"# of the cell\n{one}\n")
        recipients = f"# two\n{one.to_public()}\n{other.to_public()}\n"
        (home / "backup-recipients").write_text(recipients)
        self.clerk = Clerk(stage.store, Journal(home / "erasures"), stage.vault.words)

    def jaabi(self, *words, url=None):
        environment = {
            "JAABI_HOME": str(self.home),
            "JAABI_DATABASE_URL": url or self.url,
            "JAABI_POSTGRES_BIN": str(TOOLS),
            "JAABI_DEMO": "off",
        }
        if self.owner is not None:
            place = self.owner.set(database=make_url(url or self.url).database)
            environment["JAABI_DATABASE_OWNER_URL"] = place.render_as_string(hide_password=False)
        return CliRunner(env=environment).invoke(commands, [str(word) for word in words])

    def backs_up(self):
        done = self.jaabi("backup", self.file)
        assert done.exit_code == 0, done.output
        return done

    def restores(self, *options):
        words = ("restore", self.file, "--identity", self.identity, *options)
        return self.jaabi(*words, url=self.empty)

    def restored(self, *options):
        """Restore and lend the new database."""
        done = self.restores(*options)
        assert done.exit_code == 0, done.output
        return Store(self.empty), done.output

    def opened(self, work, case_id):
        """The words of a case that can be read."""
        return opened(work, self.stage.vault, Story.case_id == case_id)


@pytest.fixture
def drill(store, tmp_path, request):
    home = tmp_path / "home"
    home.mkdir()
    empty, owner = f"sqlite:///{tmp_path / 'new.db'}", None
    if not store.is_sqlite:
        owner = request.getfixturevalue("owner").url
        empty = store.url.set(database="restored").render_as_string(hide_password=False)
        on_server(owner, "CREATE DATABASE restored")
    with staged(store, home, datetime.now(UTC)) as stage:
        yield Drill(stage, home, store.url.render_as_string(hide_password=False), empty, owner)
    if not store.is_sqlite:
        on_server(owner, "DROP DATABASE restored WITH (FORCE)")


def on_server(owner, said):
    engine = create_engine(owner, isolation_level="AUTOCOMMIT")
    with engine.connect() as link:
        link.execute(text(said))
    engine.dispose()


def tells(stage, phone, words, leaves_at=None):
    """File a case with words and return its id."""
    case_id = int(stage.files(phone)["case"])
    with stage.store.work(Gateway()) as work:
        case = work.session.get_one(Case, case_id)
        stories.keep(work, stage.house.sealer, case, Words("said", words, leaves_at), stage.now)
    return case_id


def test_what_was_told_can_be_read_again_and_what_was_erased_since_stays_gone(drill):
    stage = drill.stage
    kept = tells(stage, SPEAKER, "Le puits est sec")
    withdrawn = tells(stage, NEIGHBOUR, "Je ne veux plus")
    undone = tells(stage, "+22370000003", "Repris", stage.now + timedelta(minutes=10))
    drill.backs_up()
    stage.does("withdraw", {"case": str(withdrawn)}, NEIGHBOUR)
    with stage.store.work(Job("test")) as work:
        stories.cancel(work, work.session.scalars(select(Story).filter_by(case_id=undone)).one())
    lost = tells(stage, SPEAKER, "Dit apres la sauvegarde")
    drill.clerk.go(datetime.now(UTC))
    restored, output = drill.restored()
    with restored.reading(Job("test")) as work:
        assert drill.opened(work, kept) == ["Le puits est sec"]
        assert drill.opened(work, withdrawn) == drill.opened(work, undone) == []
        assert work.session.get(Case, lost) is None
        case = work.session.get_one(Case, withdrawn)
        assert (case.status, case.contact, case.address) == ("withdrawn", None, None)
        assert case.receipt_short is None
        assert restoring.last_backup(work) is not None
    restored.close()
    assert "the keys of 3 texts are back" in output  # of two of them, destroyed again at once
    assert "Nothing leaves until" in output


def test_stops_and_lost_phones_since_then_are_obeyed_again(drill):
    stage = drill.stage
    contact, other = stage.vault.pseudonym(SPEAKER), stage.vault.pseudonym(NEIGHBOUR)
    with stage.store.work(Job("test")) as work:
        intake.stop(work, other, stage.now)
    drill.clerk.go(datetime.now(UTC) - timedelta(days=1))
    drill.backs_up()
    with stage.store.work(Operator()) as work:
        intake.stop(work, contact, stage.now)
        intake.start_again(work, other, stage.now)
        directory.block(work, "P0121", stage.now)
        directory.revoke(work, "P0122", stage.now)
        numbers = Numbers(stage.vault.pseudonym, stage.house.sealer.number)
        for number, phone in (("P0150", "+22370000990"), ("P0152", phone_of("P0152"))):
            directory.block(work, number, stage.now)
            directory.change_phone(work, number, phone, numbers)
        silent = directory.by_number(work, "P0157")
        messages.stop(work, silent.pseudonym, silent.id, stage.now)
    drill.clerk.go(datetime.now(UTC))
    restored, _ = drill.restored()
    with restored.reading(Job("test")) as work:
        stopped = select(Contact.pseudonym).where(Contact.stopped_at.is_not(None))
        assert set(work.session.scalars(stopped)) == {
            contact,
            stage.vault.pseudonym(phone_of("P0157")),
        }
        people = {one.number: one for one in work.session.scalars(select(Person))}
        assert people["P0121"].blocked_at is not None
        assert people["P0122"].revoked_at is not None
        # The new phone is in no backup; the one that was lost must not come back to life.
        assert people["P0150"].blocked_at is not None
        assert people["P0152"].blocked_at is None
        assert people["P0157"].stopped_at is not None
        assert people["P0151"].usable
    restored.close()


def test_nothing_leaves_until_a_person_lets_it_and_what_may_have_left_is_unknown(drill):
    now = drill.stage.now
    put_text(drill.stage, "due", due_at=now - timedelta(minutes=1))
    put_text(drill.stage, "sensitive", due_at=now - timedelta(minutes=1), sensitive=True)
    put_text(drill.stage, "sending", status="sending", due_at=now + timedelta(minutes=1))
    put_text(drill.stage, "later", due_at=now + timedelta(days=1))
    put_text(drill.stage, "gone", status="handed_over", settled_at=now, due_at=now)
    drill.backs_up()
    restored, output = drill.restored()
    assert "3 texts may have left" in output
    with restored.reading(Job("test")) as work:
        rows = {one.purpose: one for one in work.session.scalars(select(OutboundMessage))}
        assert sending.why_paused(work) == "restored from a backup"
        assert {one: row.status for one, row in rows.items()} == {
            "due": "unknown",
            "sensitive": "unknown",
            "sending": "unknown",
            "later": "waiting",
            "gone": "handed_over",
        }
        assert rows["sensitive"].settled_at is not None
        assert rows["sensitive"].text_sealed is None
        assert rows["due"].settled_at is None
    assert "WRONG  sending" in drill.jaabi("doctor", url=drill.empty).output
    assert drill.jaabi("sending", "resume", url=drill.empty).exit_code == 0
    with restored.reading(Job("test")) as work:
        assert sending.why_paused(work) is None
    restored.close()


def put_text(stage, purpose, **changes):
    facts = {"cause": "test", "address": b"sealed", "text_sealed": b"sealed"}
    facts |= {"created_at": stage.now, "expires_at": stage.now + timedelta(days=3)}
    with stage.store.work(Job("test")) as work:
        row = OutboundMessage(purpose=purpose, **{"status": "waiting", **facts, **changes})
        work.session.add(row)


def test_without_the_file_of_its_words_a_backup_opens_no_word(drill):
    case = tells(drill.stage, SPEAKER, "Detruit apres sept jours")
    drill.backs_up()
    drill.words.unlink()
    shutil.rmtree(drill.home / "keys" / "words")  # on another machine
    drill.stage.vault.words.close()
    refused = drill.restores()
    assert (refused.exit_code, "--without-words" in refused.stderr) == (2, True)
    restored, _ = drill.restored("--without-words")
    with restored.reading(Job("test")) as work:
        assert drill.opened(work, case) == []
        assert work.session.get_one(Case, case).status == "routed"
    restored.close()


def test_when_the_keepers_disk_alone_is_lost_words_come_back_and_erased_ones_do_not(drill):
    stage = drill.stage
    kept, withdrawn = tells(stage, SPEAKER, "Le puits est sec"), tells(stage, NEIGHBOUR, "Oubliez")
    drill.backs_up()
    stage.does("withdraw", {"case": str(withdrawn)}, NEIGHBOUR)
    drill.clerk.go(datetime.now(UTC))
    stage.vault.words.close()
    shutil.rmtree(drill.home / "keys" / "words")
    words = ("restore", drill.file, "--identity", drill.identity, "--only-words")
    done = drill.jaabi(*words)
    assert (done.exit_code, done.output) == (0, "the keys of 1 texts are back\n")
    with stage.store.reading(Job("test")) as work:
        assert drill.opened(work, kept) == ["Le puits est sec"]
        assert drill.opened(work, withdrawn) == []
    assert len(list(stage.vault.words.all())) == 1
    assert drill.jaabi(*words).exit_code == 0


def test_a_backup_holds_nothing_in_clear_and_no_key_of_ours(drill):
    tells(drill.stage, SPEAKER, "Le puits est sec")
    drill.backs_up()
    for file in (drill.file, drill.words):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        inside = file.read_bytes()
        assert inside.startswith(b"age-encryption.org/v1")
        assert b"SQLite" not in inside
        assert b"PGDMP" not in inside
    assert list(drill.home.glob(".backup-*")) == []
    drill.jaabi("restore", drill.file, "--identity", drill.identity, url=drill.empty)
    assert list(drill.file.parent.glob(".restore-*")) == []


def test_a_restore_never_overwrites_and_never_leaves_half(drill):
    tells(drill.stage, SPEAKER, "Le puits est sec")
    drill.backs_up()
    over = drill.jaabi("restore", drill.file, "--identity", drill.identity)
    assert over.exit_code == 2
    assert "is there already" in over.stderr or "is not empty" in over.stderr
    again = drill.jaabi("backup", drill.file)
    assert (again.exit_code, "never overwrites" in again.stderr) == (2, True)
    good = drill.file.read_bytes()
    other = good[:-1] + bytes([good[-1] ^ 1])
    for broken in (good[:-20], good[: len(good) // 2], b"nothing", other):
        drill.file.write_bytes(broken)
        refused = drill.restores()
        assert (refused.exit_code, "cannot be opened" in refused.stderr) == (2, True)
    drill.file.write_bytes(good)
    drill.identity.write_text(str(Identity.generate()))
    assert "cannot be opened" in drill.restores().stderr
    assert drill.jaabi("doctor", url=drill.empty).output.count("run jaabi upgrade") == 1


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_after_a_restore_that_broke_off_nothing_leaves(drill):
    drill.backs_up()
    strange = {"at": datetime.now(UTC).isoformat(), "what": "what only a later version knows"}
    (drill.home / "erasures").mkdir(exist_ok=True)
    journal = drill.home / "erasures" / f"{datetime.now(UTC):%Y-%m}.jsonl"
    journal.write_text(json.dumps({**strange, "ref": "1"}) + "\n")
    assert drill.restores().exit_code == 1
    refused = drill.jaabi("keeper", url=drill.empty)
    assert (refused.exit_code, "A restore broke off" in refused.stderr) == (2, True)
    assert "is not empty" in drill.restores().stderr
    assert drill.jaabi("keeper", url=drill.empty).exit_code == 2
    journal.unlink()
    on_server(drill.owner, "DROP DATABASE restored WITH (FORCE)")
    on_server(drill.owner, "CREATE DATABASE restored")
    drill.restored()[0].close()
    assert not (drill.home / HALF).exists()


def test_nobody_restores_under_a_running_service(drill):
    drill.backs_up()
    with lifeline.hold(drill.home / lifeline.LOCK):
        refused = drill.restores()
    assert (refused.exit_code, "stop it first" in refused.stderr) == (2, True)


@pytest.mark.parametrize(
    ("recipients", "says"),
    [
        ("", "names no recipient"),
        ("# nobody\n", "names no recipient"),
        ("age1nonsense\n", "begins with age1"),
        (str(Identity.generate()), "take it off this machine"),
        (None, "cannot be read"),
    ],
    ids=["empty", "only a remark", "no key", "a secret key", "no file"],
)
def test_without_recipients_there_is_no_backup(tmp_path, sqlite_store, recipients, says):
    if recipients is not None:
        (tmp_path / "backup-recipients").write_text(recipients)
    url = sqlite_store.url.render_as_string()
    environment = {"JAABI_HOME": str(tmp_path), "JAABI_DATABASE_URL": url}
    done = CliRunner(env=environment).invoke(commands, ["backup", str(tmp_path / "file")])
    assert (done.exit_code, says in done.stderr) == (2, True)
    assert not (tmp_path / "file").exists()


def test_the_journal_holds_no_word_and_no_number_and_forgets_after_its_time(drill):
    stage = drill.stage
    told = tells(stage, SPEAKER, "Le puits est sec")
    stage.does("withdraw", {"case": str(told)}, SPEAKER)
    now = datetime.now(UTC)
    drill.clerk.go(now)
    [file] = (drill.home / "erasures").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    written = file.read_text()
    assert "puits" not in written
    assert SPEAKER[4:] not in written
    # Cut off in the middle of a line, it goes on with the next.
    file.write_text(written[:-5])
    with stage.store.work(Operator()) as work:
        directory.block(work, "P0121", now)
    drill.clerk.go(now)
    assert [fact.what for fact in Journal(drill.home / "erasures").since(now)][-1] == "blocked"
    drill.clerk.go(now + timedelta(days=80))
    assert list((drill.home / "erasures").iterdir()) == []


def test_while_the_journal_cannot_be_written_nothing_noted_is_lost(drill):
    stage, folder = drill.stage, drill.home / "erasures"
    with stage.store.work(Operator()) as work:
        directory.block(work, "P0121", stage.now)
    folder.write_text("in the way")
    rounds = iter([True, False])
    drill.clerk.run(lambda _: None, lambda: next(rounds), lambda: stage.now)
    folder.unlink()
    drill.clerk.go(stage.now)
    assert [fact.what for fact in Journal(folder).since(stage.now)] == ["blocked"]
