"""What numbers mean: units, device profiles, quality. No input, no output."""
