"""The console: a process of its own, with no key that opens anything and without a channel."""
