"""Steps over the whole corpus, on Arrow tables: entities, near-duplicates and links across documents."""
