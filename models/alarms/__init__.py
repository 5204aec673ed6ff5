"""Alarms: their rules, their keys, and the book in which they are kept."""
