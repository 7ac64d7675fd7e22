"""Read files and corpora as documents: formats, decoding, main text, metadata and language."""
