"""Everything a thief carries off: the disk of the web host, the database, what processes show.

Left out is what the keeper's own user alone may read (its folder, mode 0700) and nothing else.
"""

import re
import stat
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

import psycopg
import requests
from sqlalchemy import LargeBinary, make_url

from gateway import valkey
from models.schema import metadata

KEEPER = "keeper"
EMPTY = re.compile(rb"\0{64,}")
PACKED = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)  # of a PDF
PAGES = ("/phone", "/phone/static/page.js", "/health/ready", "/health/live", "/nothing")


def files(folder):
    """Give every file of a folder that is not the keeper's alone, as (name, content)."""
    for path in sorted(Path(folder).rglob("*")):
        if path.is_file() and not is_keepers(path, folder):
            yield f"{path.relative_to(folder)}", path.read_bytes()


def is_keepers(path, folder):
    """Tell whether a file lies in a folder of the keeper's that nobody else may enter."""
    above = [one for one in path.parents if one.is_relative_to(folder)]
    own = [one for one in above if one.name == KEEPER]
    return any(not one.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO) for one in own)


def shown(world):
    """Give what processes show to anybody on their machine, and pages to anybody at all."""
    for name, process in world.processes().items():
        yield f"arguments of {name}", "\0".join(process.cmdline()).encode()
        yield f"environment of {name}", "\0".join(process.environ().values()).encode()
    console = world.environment["JAABI_CONSOLE_PORT"]
    pages = [world.url(path) for path in PAGES]
    for url in (*pages, f"http://127.0.0.1:{console}/metrics", f"http://127.0.0.1:{console}/"):
        reply = requests.get(url, timeout=15)
        yield f"page {url}", repr(sorted(reply.headers.items())).encode() + reply.content


def carried(world):
    """Give every key and value that Valkey holds now, and how long it remembers commands."""
    link = valkey.connect(valkey.url_of(world.settings), reply_s=5)
    try:
        for key in link.scan_iter():
            yield f"valkey {key!r}", bytes(key) + b"\0" + (link.dump(key) or b"")
        yield "valkey slow log", repr(link.slowlog_get(128)).encode()
    finally:
        link.close()


def server(url):
    """Give the files of a PostgreSQL server: tables of this database, WAL, log."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as link:
        link.execute("CHECKPOINT")
        folder = Path(link.execute("SHOW data_directory").fetchone()[0])
        oid = link.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        base = folder / "base" / str(oid.fetchone()[0])
    for path in sorted([*base.iterdir(), *(folder / "pg_wal").glob("0*"), *folder.glob("log*")]):
        if path.is_file():
            yield f"postgresql {path.relative_to(folder)}", path.read_bytes()


def sealed(world):
    """Return every sealed value of the database, with where it stands."""
    found = []
    for table in metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, LargeBinary):
                asked = f'SELECT "{column.name}" AS one FROM "{table.name}"'  # noqa: S608 ours
                rows = (row["one"] for row in world.rows(asked))
                found += [(f"{table.name}.{column.name}", bytes(one)) for one in rows if one]
    return found


def unpacked(content):
    """Give a file as it is, without its empty stretches, and what is packed in it."""
    yield EMPTY.sub(b"\0" * 64, content)
    if content.startswith(b"%PDF"):
        for stream in PACKED.findall(content):
            try:
                yield zlib.decompress(stream.strip(b"\r\n"))
            except zlib.error:
                continue
    if content.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(content)) as archive:
            yield from (archive.read(name) for name in archive.namelist())
