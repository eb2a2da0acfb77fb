"""Flask-Security without the sender of texts that it loads where one is installed.

The console sends nothing; and what it does not load costs it no memory.
"""

from gateway.kept_out import kept_out

with kept_out("twilio"):
    from flask_security import (
        RoleMixin,
        Security,
        UserMixin,
        auth_required,
        current_user,
        login_user,
    )
    from flask_security.datastore import Datastore, UserDatastore
    from flask_security.totp import Totp

__all__ = [
    "Datastore",
    "RoleMixin",
    "Security",
    "Totp",
    "UserDatastore",
    "UserMixin",
    "auth_required",
    "current_user",
    "login_user",
]
