"""The web page with several phones side by side; it talks to the network, never to the service."""

from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Blueprint, Response, render_template

from gateway.simulator.phones import DEFAULTS, PHONES, Phone, groups


def blueprint(network_url: str, phones: tuple[Phone, ...] = PHONES) -> Blueprint:
    """Build the page /phone and its files, for the demo only.

    ``network_url`` is where browsers of this machine reach the phone network; its answers are
    the only thing from elsewhere that the page may load.
    """
    page = Blueprint(
        "simulator",
        __name__,
        url_prefix="/phone",
        static_folder="static",
        static_url_path="/static",
        template_folder="templates",
    )

    @page.get("", strict_slashes=False)
    def show() -> str:
        return render_template(
            "simulator/phone.html",
            network_url=network_url,
            groups=list(groups(phones)),
            defaults=",".join(DEFAULTS),
        )

    page.after_request(_guard(_policy(network_url)))
    return page


def _guard(policy: str) -> Callable[[Response], Response]:
    def guard(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return guard


def _policy(network_url: str) -> str:
    parts = urlsplit(network_url)
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        f"connect-src 'self' {parts.scheme}://{parts.netloc}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
