"""What can go wrong while deciding."""


class FlowError(Exception):
    """Base of every error of the flows."""


class Unreadable(FlowError):
    """The answer does not fit the question. Carries nothing of what was typed."""


class TransitionRefused(FlowError):
    """The lifecycle table has no such transition."""


class Mistaken(FlowError):
    """The definitions have mistakes: all of them, one sentence each with file and line."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes
