"""Claims that state the same: their wording, pairs of them, and groups over all documents."""
