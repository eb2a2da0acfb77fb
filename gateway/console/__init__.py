"""The console: a process of its own, without a private key and without a channel."""
