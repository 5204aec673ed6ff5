"""Notifying: who is told of an alarm, when, where and in which words."""
