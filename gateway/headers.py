"""What every answer of ours says to a browser: guess nothing, frame nothing, keep nothing.

A page that needs more says so itself, and this takes nothing away (threat model, T4 and T15).
"""

from collections.abc import Mapping

from flask import Flask, Response

BARE = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": BARE,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
TLS: Mapping[str, str] = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


def harden(app: Flask, public_url: str = "") -> Flask:
    """Let every answer of ``app`` carry these headers, errors too; return it.

    ``public_url``: where it is reached; over https browsers are told to come by no other way.
    """
    said = {**HEADERS, **(TLS if public_url.startswith("https://") else {})}

    def guard(response: Response) -> Response:
        for name, value in said.items():
            response.headers.setdefault(name, value)
        return response

    app.after_request(guard)
    return app
