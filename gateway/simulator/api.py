"""The addresses of the network: the provider's, and a small JSON API for whoever holds a phone.

No address carries a number: numbers travel in forms, so that no log of addresses can hold one.
"""

from dataclasses import asdict
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, abort, current_app, jsonify, request
from werkzeug.exceptions import HTTPException

from gateway.channels_file import is_loopback
from gateway.simulator import provider
from gateway.simulator.errors import (
    MissingField,
    NoSession,
    UnknownMischief,
    UnknownPhone,
    WrongKey,
)
from gateway.simulator.letters import Letter
from gateway.simulator.mischief import SLOW_SECONDS
from gateway.simulator.phones import PHONES
from gateway.simulator.sessions import Shown
from gateway.simulator.subscriber import Subscriber
from gateway.simulator.switchboard import Switchboard

WAIT_SECONDS = 25.0  # the longest that one question waits for news
BOARD = "switchboard"

api = Blueprint("network", __name__)


def create_app(board: Switchboard) -> Flask:
    """Build the web application of one network."""
    app = Flask(__name__, static_folder=None)
    app.extensions[BOARD] = board
    app.register_blueprint(api)
    app.before_request(_only_this_machine)
    app.after_request(_allow_the_page)
    app.register_error_handler(HTTPException, _sentence)
    app.register_error_handler(UnknownPhone, lambda error: (jsonify(error=str(error)), 404))
    app.register_error_handler(NoSession, lambda _: (jsonify(error="no session is open"), 409))
    app.register_error_handler(
        UnknownMischief, lambda _: (jsonify(error="drop, twice, reorder, delay, cut, none"), 400)
    )
    return app


@api.post("/version1/messaging")
def messaging() -> tuple[Response, int]:
    """Take a text from the service, as the provider does."""
    board = _board()
    key = request.headers.get("apiKey", "")
    try:
        reply = provider.take(board.account, key, request.form, board.phone)
    except WrongKey:
        return Response("The supplied authentication is invalid", mimetype="text/plain"), 401
    except MissingField as missing:
        sentence = f"Request is missing required form field '{missing}'"
        return Response(sentence, mimetype="text/plain"), 400
    return jsonify(reply), 201


@api.get("/phones")
def phones() -> Response:
    """List the phones of the demo, and what they need to know of the network."""
    settings = _board().settings
    listed = [{**asdict(phone), "number": phone.number, "shown": phone.shown} for phone in PHONES]
    return jsonify(phones=listed, service_code=settings.service_code, sender=settings.sender)


@api.post("/phones/dial")
def dial() -> Response:
    """Dial a USSD code."""
    return _screen(_phone().dial(request.form.get("code", "")))


@api.post("/phones/answer")
def answer() -> Response:
    """Answer the screen that is shown."""
    return _screen(_phone().answer(request.form.get("text", "")))


@api.post("/phones/hangup")
def hang_up() -> Response:
    """Hang up."""
    _phone().hang_up()
    return jsonify(done=True)


@api.get("/phones/screen")
def screen() -> Response:
    """Give the screen of the open session, for a page that was loaded again."""
    phone = _phone()
    shown = phone.shown()
    state = phone.mischief.to_json()
    return jsonify(screen=shown and asdict(shown), misbehaves=state, refuses=phone.opted_out)


@api.post("/phones/sms")
def sms() -> Response:
    """Send an SMS to the service."""
    _phone().send(request.form.get("text", ""))
    return jsonify(done=True)


@api.post("/phones/optout")
def opt_out() -> Response:
    """Refuse the service's texts at the operator (``on=1``), or take them again (``on=0``)."""
    phone = _phone()
    if request.form.get("on", "1") == "1":
        phone.opt_out()
    else:
        phone.opt_in()
    return jsonify(refuses=phone.opted_out)


@api.post("/phones/misbehave")
def misbehave() -> Response:
    """Begin a mischief (``how``) towards a phone; ``none`` ends all."""
    phone = _phone()
    seconds = request.form.get("seconds", SLOW_SECONDS, type=float)
    phone.mischief.set(request.form.get("how", ""), min(max(seconds, 0.0), WAIT_SECONDS))
    return jsonify(misbehaves=phone.mischief.to_json())


@api.post("/phones/read")
def read() -> Response:
    """Note that the box of a phone was read up to ``seq``."""
    _board().letters.mark_read(_phone().number, request.form.get("seq", 0, type=int))
    return jsonify(done=True)


@api.get("/phones/inbox")
def inbox() -> Response:
    """List what reached some phones (``number``, repeated) after ``since``; may wait for it."""
    board = _board()
    numbers = [board.phone(typed).number for typed in request.args.getlist("number")]
    since = request.args.get("since", 0, type=int)
    wait = request.args.get("wait", 0.0, type=float)
    letters = board.letters.since(numbers, since, min(max(wait, 0.0), WAIT_SECONDS))
    return jsonify(
        letters=[_letter(letter) for letter in letters],
        read={number: board.letters.read_until(number) for number in numbers},
        next=letters[-1].seq if letters else since,
    )


def _board() -> Switchboard:
    board: Switchboard = current_app.extensions[BOARD]
    return board


def _phone() -> Subscriber:
    return _board().phone(request.values.get("number", ""))


def _screen(shown: Shown) -> Response:
    return jsonify(screen=asdict(shown))


def _letter(letter: Letter) -> dict[str, object]:
    return {**asdict(letter), "at": letter.at.isoformat(timespec="milliseconds")}


def _sentence(error: HTTPException) -> tuple[Response, int]:
    return jsonify(error=error.description or error.name), error.code or 500


def _only_this_machine() -> None:
    """Refuse foreign pages and foreign names: a browser would carry their posts to loopback."""
    origin = request.headers.get("Origin")
    names = [urlsplit(f"//{request.host}").hostname]
    names += [urlsplit(origin).hostname] if origin is not None else []
    if not all(name is not None and is_loopback(name) for name in names):
        abort(403)


def _allow_the_page(response: Response) -> Response:
    origin = request.headers.get("Origin")
    if origin is not None and response.status_code != 403:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Vary"] = "Origin"
    response.headers["Cache-Control"] = "no-store"
    return response
