"""Table contracts, the store, readers and SQL views."""
