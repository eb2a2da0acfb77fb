"""The keeper: the one process that holds the keys. Names contacts, opens words, sends texts."""
