"""Says what it was asked, so that one can see where a web server thinks that a request ends."""

from flask import Flask, Response, jsonify, request


def app() -> Flask:
    """Return an application that answers everything with what it heard."""
    echo = Flask(__name__, static_folder=None)

    @echo.route("/<path:path>", methods=["GET", "POST"])
    def heard(path: str) -> Response:
        return jsonify(method=request.method, path=path, body=request.get_data().decode("latin-1"))

    return echo
