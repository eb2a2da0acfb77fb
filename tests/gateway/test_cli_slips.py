"""`jaabi slips`: a booklet on paper, and nothing of its codes anywhere else."""

import json
import re
import sqlite3
import stat
import zlib

import pytest
from click.testing import CliRunner

from gateway import demo
from gateway.cli import commands
from models.db import Operator, Store
from models.schema import metadata
from models.vault import create_keys
from tests.models.test_routing import NUMBERS, found_country


@pytest.fixture
def jaabi(tmp_path, now):
    """The command, on a programme like the demo's whose keeper is away."""
    create_keys(tmp_path / "keys")
    store = Store(f"sqlite:///{tmp_path / 'jaabi.db'}")
    metadata.create_all(store.durable)
    with store.work(Operator()) as work:
        found_country(work)
        demo.populate(work, NUMBERS, now)
    store.close()

    def run(line):
        environment = {"JAABI_HOME": str(tmp_path), "JAABI_DEMO": "off"}
        return CliRunner(env=environment).invoke(commands, line.split())

    run.home = tmp_path
    return run


def printed_on(file):
    """Every text of a PDF as fpdf2 writes it: compressed streams of (text) Tj."""
    pages = re.findall(rb"stream\n(.*?)\nendstream", file.read_bytes(), re.DOTALL)
    unpacked = b"\n".join(zlib.decompress(page) for page in pages if page[:1] == b"x")
    return [one.decode() for one in re.findall(rb"\(((?:[^()\\]|\\.)*)\) Tj", unpacked)]


def test_a_booklet_is_printed_once_with_its_numbers_codes_and_what_to_say(jaabi):
    out = jaabi.home / "booklet.pdf"
    done = jaabi(f"slips issue --operator p0301 --count 10 --out {out}")
    assert (done.exit_code, done.output) == (0, f"1: slips 01 to 10, in {out}\n")
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    texts = printed_on(out)
    for number in range(1, 11):
        assert f"{number:02d}" in texts
        assert any(f"LV {number:02d}" in one for one in texts)
    threes = [one for one in texts if re.fullmatch(r"\d\d \d\d \d\d", one)]
    assert len(threes) == 20
    assert sum("voici votre code" in one for one in texts) == 10
    rows = b"".join(one.read_bytes() for one in jaabi.home.glob("jaabi.db*"))
    for first, second in zip(threes[::2], threes[1::2], strict=True):
        digits = (first + second).replace(" ", "")
        assert digits.encode() not in rows
        assert digits not in done.output


def test_another_booklets_only_copy_is_never_written_over(jaabi):
    out = jaabi.home / "booklet.pdf"
    jaabi(f"slips issue --operator P0301 --count 3 --out {out}")
    before = out.read_bytes()
    again = jaabi(f"slips issue --operator P0301 --count 3 --out {out}")
    assert again.exit_code == 2
    assert "only copy" in again.output
    assert out.read_bytes() == before
    assert len(jaabi("slips list").output.splitlines()) == 1


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("issue --operator P0151 --count 3", "P0151 is no operator"),
        ("issue --operator P0999 --count 3", "nobody is registered as P0999"),
        ("issue --operator P0301 --count 100", "99"),
    ],
)
def test_what_cannot_be_issued_leaves_no_paper(jaabi, line, says):
    out = jaabi.home / "booklet.pdf"
    done = jaabi(f"slips {line} --out {out}")
    assert done.exit_code == 2
    assert says in done.output
    assert not out.exists()


def test_booklets_are_listed_and_revoked(jaabi):
    jaabi(f"slips issue --operator P0301 --count 3 --out {jaabi.home / 'a.pdf'}")
    [row] = [json.loads(line) for line in jaabi("slips list --json").output.splitlines()]
    assert row.pop("issued_at").endswith("Z")
    assert row == {
        "booklet": 1,
        "operator": "P0301",
        "first": "01",
        "last": "03",
        "slips": 3,
        "used": 0,
        "revoked_at": None,
    }
    assert jaabi("slips revoke 1").output == "1 is revoked\n"
    assert json.loads(jaabi("slips list --json").output)["revoked_at"].endswith("Z")
    assert jaabi("slips revoke 2").exit_code == 2
    with sqlite3.connect(jaabi.home / "jaabi.db") as link:
        kept = link.execute("SELECT receipt_long, receipt_sealed FROM slip").fetchall()
    link.close()
    assert kept == [(None, None)] * 3
