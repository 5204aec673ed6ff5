"""Who is outside: one noun per file. Retries live here, computation does not."""
