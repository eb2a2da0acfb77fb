"""The view we compare ourselves with: one Flask POST route that reads its body and does nothing."""

from flask import Flask, Response, request


def app() -> Flask:
    """Return the bare application."""
    bare = Flask(__name__)

    @bare.post("/hooks/<channel>/<token>/<event>")
    def hook(**_: str) -> Response:
        request.get_data(cache=False)
        return Response("CON Jaabi", content_type="text/plain; charset=utf-8")

    return bare
