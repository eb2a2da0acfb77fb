"""`jaabi counters`: the sums of the dashboard, held against a count of every case anew."""

import click

from gateway import assembly
from gateway.cli_base import load_settings
from models.db import Job
from models.services import counters as counting

ACTOR = Job("counters")


@click.command(name="counters")
@click.option("--mend", is_flag=True, help="write what the count anew says")
def counters(*, mend: bool) -> None:
    """Count every case anew and say where the sums kept differ; exit 1 if they do."""
    store = assembly.open_store(load_settings(), wakes=False)
    try:
        with store.work(ACTOR) as work:
            wrong = counting.differences(work)
            if mend:
                counting.mend(work, wrong)
    finally:
        store.close()
    for key, (had, want) in wrong.items():
        of = f"{key.split}={key.value}" if key.split else "all"
        click.echo(f"{key.day}  {key.measure}  {of}: {had}, counted anew {want}")
    click.echo(f"{len(wrong)} sums differ" + (", mended" if mend and wrong else ""), err=True)
    if wrong and not mend:
        raise SystemExit(1)
