"""What denies: classification of statements as claims of a type or as denials."""
