"""What can go wrong when remembering."""


class StoreError(Exception):
    """Base of every error of the store."""


class NotFound(StoreError):
    """No such row, or not yours to see: the two look the same."""


class AlreadyReceived(StoreError):
    """The same channel already brought the same id."""


class KeeperAway(StoreError):
    """The keeper does not answer; what needs it waits, sealed, in its row."""


class KeeperRefused(StoreError):
    """The keeper does not open this for whoever asks."""
