"""Crowds: who is who, who was there when, and what may be said of it."""
