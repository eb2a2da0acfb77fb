"""Phones to play with, behind a small network that speaks Africa's Talking's own HTTP."""
