"""Weather: what kind it is, whether it can be believed, and how often to ask for it."""
