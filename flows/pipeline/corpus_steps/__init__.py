"""The steps over all documents: near-duplicates, entities, links across documents, groups of claims."""
