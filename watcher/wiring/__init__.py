"""Settings and files → the parts that run, put together."""
