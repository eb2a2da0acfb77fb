"""What can be wrong with what the network is asked for. None of it carries a number or a text."""


class SimulatorError(Exception):
    """Base of every error of the simulator."""


class UnknownPhone(SimulatorError):
    """The number is none of the test numbers."""


class NoSession(SimulatorError):
    """The phone answered a screen that is not there any more."""


class UnknownMischief(SimulatorError):
    """Nobody taught the network to misbehave like that."""


class WrongKey(SimulatorError):
    """The key or the user name is not the one of this account."""


class MissingField(SimulatorError):
    """A form without the field it names."""


class NotLoopback(SimulatorError):
    """The network would be open to other machines: it has no password and must not be."""


class NetworkAway(SimulatorError):
    """Nobody answers at the network's address."""
