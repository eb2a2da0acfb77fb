"""A console for whoever tests it from outside: its keys are made where its settings look."""

from gateway.console import key
from gateway.console.application import console_app
from models.vault import create_keys


def console_of(settings, store, **given):
    create_keys(settings.keys)
    key.create(settings.home)
    return console_app(settings, store, **given)
