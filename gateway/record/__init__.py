"""The append-only record: entries, their chain, how long things are kept."""
