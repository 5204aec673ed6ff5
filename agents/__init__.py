"""What is done: one verb per file, batch in, records or columns out. No server, no clock."""
