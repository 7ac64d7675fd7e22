"""Storage: the Delta tables, the plain files that readers open, publication and recovery."""
