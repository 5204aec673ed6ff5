"""Shadows of devices that can be set: what each is wanted to be set to, and what it says it is."""
