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


class SealBroken(StoreError):
    """Sealed under a key we do not hold, or changed since."""


class TransitLost(StoreError):
    """Words on their way whose daily key is destroyed: nobody can read them any more."""


class KeysLocked(StoreError):
    """The private keys are under a passphrase that was not given, or was another."""
