"""`jaabi sending`: the switch that a person holds, and what a day may cost."""

import math

import click

from gateway import assembly
from gateway.cli_base import Unusable, load_settings
from models.db import Operator
from models.services import channels, gauges
from models.services import sending as switch
from models.services.audit import Mark, note


@click.group(name="sending", invoke_without_command=True)
@click.pass_context
def sending(ctx: click.Context) -> None:
    """Say whether texts may leave, how many wait, and what today has cost."""
    if ctx.invoked_subcommand is not None:
        return
    store, now = assembly.open_store(load_settings(), wakes=False), assembly.clock()
    with store.reading(Operator()) as work:
        why, cap = switch.why_paused(work), switch.cap(work)
        waiting = gauges.waiting(work, "outbox")
        amount = channels.spent(work, now)
    store.close()
    click.echo("texts may leave" if why is None else f"nothing leaves: {why}")
    click.echo(f"{waiting} wait")
    click.echo(f"{amount:g} spent today, of {'any amount' if cap is None else format(cap, 'g')}")


@sending.command(name="pause")
def pause() -> None:
    """Let nothing leave until `jaabi sending resume`."""
    store = assembly.open_store(load_settings())
    with store.work(Operator()) as work:
        switch.pause(work, switch.BY_HAND)
        note(work, Mark("pause", "sending"), assembly.clock())
    store.close()
    click.echo("nothing leaves any more")


@sending.command(name="resume")
def resume() -> None:
    """Let texts leave again."""
    store = assembly.open_store(load_settings())
    with store.work(Operator()) as work:
        switch.resume(work)
        note(work, Mark("resume", "sending"), assembly.clock())
    store.close()
    click.echo("texts leave again")


@sending.command(name="cap")
@click.argument("amount", type=click.FloatRange(min=0))
def cap(amount: float) -> None:
    """Set what a day may cost, in the programme's currency; 0: any amount.

    When it is reached only evacuations, what is sensitive, and receipts leave.
    """
    if not math.isfinite(amount):
        raise Unusable([f"{amount} is no amount"])
    store = assembly.open_store(load_settings())
    with store.work(Operator()) as work:
        switch.set_cap(work, amount or None)
        note(work, Mark("cap", "sending", details={"amount": f"{amount:g}"}), assembly.clock())
    store.close()
    click.echo(f"a day may cost {amount:g}" if amount else "a day may cost any amount")
