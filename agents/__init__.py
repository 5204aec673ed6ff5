"""What is done: one verb per file, batch in, records or columns out. No Kafka, no store, no clock."""
