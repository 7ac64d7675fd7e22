"""Steps over all documents, on Arrow tables: entities, near-duplicates, links across documents."""
