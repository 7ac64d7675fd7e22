"""Worker processes: the fork server from which they start, the pool, and what happens when one dies."""
