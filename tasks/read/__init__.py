"""Files and corpora become documents: decoding, main text, metadata, language, duplicates."""
