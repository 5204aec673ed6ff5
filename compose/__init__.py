"""Where servers live: one manifest, local processes from it, and the same set for Docker."""
