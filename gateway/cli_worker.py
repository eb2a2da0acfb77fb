"""`jaabi worker`: answers SMS, and goes through the timetable."""

import os
import secrets
import socket

import click

from gateway import assembly, faults, lifeline, logs, valkey
from gateway.assembly_of_dialogues import build_conversing
from gateway.cli_base import load_settings
from workers.converse import Converser
from workers.duties import Duties
from workers.exporting import Exporter
from workers.main import WorkerProcess
from workers.poll import Polling
from workers.silence import Silence
from workers.timetable import Timetable
from workers.voice_notes import Fetcher


@click.command(name="worker")
def worker() -> None:
    """Run one worker. Any number may run at once; one of them keeps the timetable."""
    lifeline.follow()
    logs.start("worker")
    settings = load_settings()
    faults.arm(settings)
    conversing = build_conversing(settings)
    store, house = conversing.store, conversing.house
    duties = Duties(store, house, Silence(conversing, assembly.clock))
    holder = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
    shelves = assembly.build_shelves(settings)
    beside = {"exports": Exporter(store, settings.exports / "console", assembly.clock).run}
    if shelves:
        beside["voice notes"] = Fetcher(store, house, shelves, assembly.clock).run
    letterboxes = assembly.build_letterboxes(settings)
    if letterboxes:
        beside["poll inboxes"] = Polling(store, house, letterboxes, holder, assembly.clock).run
    process = WorkerProcess(
        valkey.connect(valkey.url_of(settings), reply_s=None),
        Converser(conversing, assembly.clock).drain,
        Timetable(store, duties, holder),
        assembly.clock,
        beside,
    )
    process.run()
    store.close()
