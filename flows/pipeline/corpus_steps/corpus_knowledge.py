"""The knowledge of the steps over all documents, loaded once for all parts of a run."""

from functools import lru_cache

from tasks.knowledge import CorpusKnowledge, load_corpus_knowledge


@lru_cache(1)
def load_versioned_corpus_knowledge(_version: str) -> CorpusKnowledge:
    """Return the tables of an extractor version; the version is only the key of the cache."""
    return load_corpus_knowledge()
