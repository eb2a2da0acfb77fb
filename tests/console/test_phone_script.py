"""The count under the fingers and the service's own say the same, whatever is written."""

import json
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from gateway.console import phone
from models.services.answer_templates import first

SCRIPT = Path(phone.__file__).parent / "static" / "phone.js"
NODE = shutil.which("node")
SIGNS = "aeiou eéèêàçñ ’«»…—-\n\t[]{}€@£^|~\\'\"ɛɔŋɲɓɗ مرحبا 🙂ằẓ0123456789.,;:!?° \u00a0\u200b"
WRITTEN = [
    "",
    " ",
    "a" * 139,
    "a" * 140,
    "a" * 141,
    "mot " * 60,
    "€" * 81,
    "é" * 160,
    "ê" * 161,
    "I ni ce, a bɛ se ka kɛ ŋɛnɛ kɔnɔ, ɲɛ.",
    "شكرا جزيلا على رسالتك " * 5,
    "🙂" * 40,
    "Appelez le 70 00 01 01 ou le +223 70000101, code 48 21 73 06 15 49, le 22.11.2026.",
    "Un sac: 12 000 F, 00223 70 00 01 01, 123456789, 2 3 4 5 6 7 8 9",
    "une ligne\r\nune autre\rla fin\f.",
    "x" * 300,
]


def corpus():
    draw = random.Random(2026)  # the same each time
    yield from WRITTEN
    yield from (one["text"] for one in first())
    for _ in range(300):
        yield "".join(draw.choice(SIGNS) for _ in range(draw.randrange(1, 400)))


def by_service(text):
    seen = phone.preview(text)
    return {
        "pages": seen.pages,
        "size": seen.size,
        "parts": seen.parts,
        "wide": seen.is_wide,
    }


@pytest.mark.skipif(NODE is None, reason="no node here: make system-deps")
def test_the_script_counts_and_shows_what_the_service_counts_and_shows():
    texts = list(corpus())
    asked = (
        f"const Phone = require({json.dumps(str(SCRIPT))});"
        "const texts = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        "console.log(JSON.stringify(texts.map((one) => Phone.look(one))));"
    )
    done = subprocess.run(
        [NODE, "-e", asked],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    for text, seen in zip(texts, json.loads(done.stdout), strict=True):
        assert seen == by_service(text), text
