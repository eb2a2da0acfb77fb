"""The first page: what needs its viewer, and choosing a language."""

from flask import Blueprint, abort, redirect, render_template, session
from werkzeug.wrappers import Response

from gateway.console.viewing import page
from gateway.console.wording import CHOSEN, LANGUAGES

pages = Blueprint("home", __name__)


@pages.get("/")
@page()
def show() -> str:
    """Show the morning page."""
    return render_template("console/home.html")


@pages.post("/langue/<language>")
def speak(language: str) -> Response:
    """Go on in another language."""
    if language not in LANGUAGES:
        abort(404)
    session[CHOSEN] = language
    return redirect("/")
