"""A provider's end of the line, a clock moved by hand, and what it is to die in mid-sentence."""

from models.services.turns import Due

SPEAKER = "+22370000001"
FOCAL_POINT = "+22370000151"


class Killed(BaseException):
    """The process dies here: nothing after it runs."""


class Clock:
    """A clock moved by hand."""

    def __init__(self, at):
        self.at = at

    def __call__(self):
        return self.at

    def seconds(self):
        return self.at.timestamp()


class Line:
    """A provider's end of the line. ``fates`` are met in order, then every text is taken."""

    septets = 160

    def __init__(self, name="phone", carries="sms"):
        self.name = name
        self.carries = carries
        self.taken = []
        self.fates = []
        self.before = lambda out: None

    def send(self, out):
        self.before(out)
        if self.fates and (fate := self.fates.pop(0)) is not None:
            raise fate
        self.taken.append(out)
        return f"{self.name}-{out.reference}"

    @property
    def texts(self):
        return [out.text for out in self.taken]


def due(**about):
    """Return a text whose time has come."""
    known = {"id": 1, "tries": 0, "address": b"", "text_sealed": b"", "contact": "c", "fills": None}
    known |= {"person_id": None, "unrepeatable": False, "priority": 2, "segments": 1}
    known |= {"via": None, "chat_at": None, "sensitive": False, "answers": False}
    return Due(**known | about)
