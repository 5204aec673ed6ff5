"""Watching: accepted readings judged by the rules, fast where nothing is wrong."""
