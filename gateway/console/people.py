"""Accounts of the console and the phones of registered people: added, ended, lost, set anew."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from gateway.console.menu import ADMINISTRATOR, OFFICERS
from gateway.console.people_forms import ROLE_NAMES, AddForm, refusal
from gateway.console.viewing import ACTS, acting, at_desk, kit, now, page, rechecked, viewer
from models.account import Account
from models.db import Work
from models.errors import NotFound
from models.person import Person
from models.services import accounts, directory, phones, recoveries, sign_ins, staff
from models.services.accounts import NewAccount
from models.services.audit import about_person, note
from models.services.directory import DirectoryRefused
from models.services.handling import Desk
from models.services.recoveries import RecoveryRefused
from models.sign_in import Recovery

SUPERVISOR = "supervisor"

pages = Blueprint("people", __name__, url_prefix="/personnes")


@pages.get("")
@page(SUPERVISOR, ADMINISTRATOR)
def show() -> str:
    """Show the accounts that whoever looks answers for."""
    with _looking() as (work, desk):
        listed = staff.accounts_of(work, staff.charge_of(desk, work))
        waiting = recoveries.waiting(work, now()) if desk is None else []
        emails = {account.id: account.email for account, _ in listed}
        return render_template(
            "console/people.html",
            listed=listed,
            waiting=waiting,
            emails=emails,
            role_names=ROLE_NAMES,
        )


@pages.get("/telephones")
@page(SUPERVISOR, ADMINISTRATOR)
def registered() -> str:
    """Show the people with a phone that whoever looks answers for."""
    said = request.args.get("q", "").strip()[:40]
    with _looking() as (work, desk):
        charge = staff.charge_of(desk, work)
        listed = staff.phones_of(work, charge, said, request.args.get("apres", ""))
        return render_template("console/phones.html", listed=listed, said=said)


@pages.route("/ajouter", methods=["GET", "POST"])
@page(ADMINISTRATOR)
def add() -> str | Response:
    """Make an account, and show once the code with which its owner chooses a password."""
    rechecked(url_for("people.add"))
    form = AddForm()
    if form.validate_on_submit():
        try:
            return _added(form.asked(secrets.token_urlsafe(24)))
        except DirectoryRefused as error:
            form.form_errors.extend(refusal(one) for one in error.mistakes)
        except NotFound:
            form.form_errors.append(refusal("no person"))
    return render_template("console/account.html", form=form)


@pages.post("/<int:account_id>/revoquer")
@page(ADMINISTRATOR)
def revoke(account_id: int) -> Response:
    """End an account."""
    rechecked(url_for("people.show"))
    with _account(account_id) as (work, account):
        if account.id == viewer().account_id:
            flash(gettext("Personne ne ferme son propre compte."), "error")
            return _back()
        sign_ins.end_all(work, account, now())
        accounts.revoke(work, account.email, now())
    flash(gettext("Le compte est fermé, partout et dès maintenant."))
    return _back()


@pages.post("/<int:account_id>/sessions")
@page(SUPERVISOR, ADMINISTRATOR)
def end_sessions(account_id: int) -> Response:
    """End all that somebody has open, at once."""
    with _account(account_id) as (work, account):
        sign_ins.end_all(work, account, now())
    flash(gettext("Toutes les sessions de ce compte sont fermées."))
    return _back()


@pages.post("/<int:account_id>/retrouver")
@page(ADMINISTRATOR)
def ask_recovery(account_id: int) -> Response:
    """Ask, as the first administrator, for a way back in for somebody else."""
    rechecked(url_for("people.show"))
    try:
        with _account(account_id) as (work, account):
            recoveries.ask(work, account, now())
    except RecoveryRefused:
        flash(gettext("Personne ne retrouve l'accès par soi-même."), "error")
        return _back()
    flash(gettext("Demandé. Un autre administrateur doit être d'accord."))
    return _back()


@pages.post("/retrouver/<int:recovery_id>")
@page(ADMINISTRATOR)
def agree(recovery_id: int) -> str | Response:
    """Agree, as the second administrator, and show the code once."""
    rechecked(url_for("people.show"))
    try:
        with acting() as work:
            recovery = work.session.get(Recovery, recovery_id) or abort(HTTPStatus.NOT_FOUND)
            code = recoveries.agree(work, recovery, now())
            return _code(work.session.get_one(Account, recovery.account_id), code)
    except RecoveryRefused:
        flash(gettext("Il faut un autre administrateur, ou cette demande est finie."), "error")
        return _back()


@pages.post("/telephones/<number>/perdu")
@page(SUPERVISOR, ADMINISTRATOR)
def lost(number: str) -> Response:
    """Let nothing open on a phone any more."""
    with _person(number) as (work, desk, person):
        if desk is None:
            directory.block(work, person.number, now())
        else:
            phones.report_lost(desk, person)
    flash(gettext("Plus rien ne s'ouvre sur ce téléphone."))
    return _back("people.registered")


@pages.post("/telephones/<number>/pin")
@page(SUPERVISOR, ADMINISTRATOR)
def new_pin(number: str) -> str:
    """Draw a PIN that has to be changed at once, and show it once."""
    rechecked(url_for("people.registered"))
    with _person(number) as (work, _, person):
        pin = directory.new_pin(work, person.number, secrets.randbelow, temporary=True)
        note(work, about_person("pin", person.number, temporary=True), now())
        return render_template("console/said_once.html", whose=person.number, pin=pin)


@contextmanager
def _looking() -> Iterator[tuple[Work, Desk | None]]:
    """Look, in a reading of the service, for whom one answers; the page shows nothing else."""
    with kit().store.reading(ACTS) as base:
        work = replace(base, actor=viewer().actor)
        if viewer().role == ADMINISTRATOR:
            yield work, None
        else:
            chief = work.session.get_one(Person, viewer().person_id)
            yield work, Desk(work, kit().house, chief, now())


@contextmanager
def _charged() -> Iterator[tuple[Work, Desk | None]]:
    """Act at the desk of a supervisor, or as an administrator, who has none."""
    if viewer().role == ADMINISTRATOR:
        with acting() as work:
            yield work, None
    else:
        with at_desk() as desk:
            yield desk.work, desk


@contextmanager
def _account(account_id: int) -> Iterator[tuple[Work, Account]]:
    """Open an account that whoever acts answers for. 404 for every other."""
    with _charged() as (work, desk):
        account = work.session.get(Account, account_id)
        if account is None or account.revoked_at is not None:
            abort(HTTPStatus.NOT_FOUND)
        person = work.session.get(Person, account.person_id) if account.person_id else None
        may = staff.charge_of(desk, work)
        if not (desk is None if person is None else may(person)):
            abort(HTTPStatus.NOT_FOUND)
        yield work, account


@contextmanager
def _person(number: str) -> Iterator[tuple[Work, Desk | None, Person]]:
    """Open a person with a phone that whoever acts answers for. 404 for every other."""
    with _charged() as (work, desk):
        person = staff.with_phone(work, number)
        if person is None or not staff.charge_of(desk, work)(person):
            abort(HTTPStatus.NOT_FOUND)
        yield work, desk, person


def _added(new: NewAccount) -> str | Response:
    """Make an account. One that opens compartments is nobody's before a second one agrees."""
    with acting() as work:
        account = accounts.add(work, new, now())
        if new.role not in OFFICERS:
            return _code(account, recoveries.welcome(work, account, now()))
        recoveries.ask(work, account, now())
    flash(gettext("Le compte attend : un autre administrateur doit être d'accord et dira le code."))
    return _back()


def _code(account: Account, code: str) -> str:
    return render_template("console/said_once.html", whose=account.email, code=code)


def _back(endpoint: str = "people.show") -> Response:
    return redirect(url_for(endpoint), HTTPStatus.SEE_OTHER)
