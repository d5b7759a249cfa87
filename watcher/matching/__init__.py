"""Rules: what people write, what we run, what it found."""
