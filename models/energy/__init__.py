"""Server rooms: what is recommended for them, by which model, and how models are made."""
