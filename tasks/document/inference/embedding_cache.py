"""A cache of word embeddings: the embedding of a word does not depend on its neighbours."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from spacy.tokens import Doc
from thinc.api import Model

from tasks.document.inference.matrix_products import FloatArray

MAX_CACHED_WORDS = 32_768
"""Words that an embedding caches before the cache is cleared: about 13 MB."""
TokenPositions = npt.NDArray[np.intp]


def cache_embedding(embed: Model[Any, Any]) -> Model[Any, Any] | None:
    """Return a cached ``embed``, or None if its rows may depend on more than the attributes of one token."""
    columns = [node.attrs["columns"] for node in embed.walk() if node.name == "extract_features"]
    if len(columns) != 1:
        return None
    return Model("cached_embedding", EmbeddingCache(embed, ("ORTH", *columns[0])))


class EmbeddingCache:
    """A cache of embedding rows by word; the embedding computes only words that are not in it."""

    def __init__(self, embed: Model[Any, Any], attributes: Sequence[int | str]) -> None:
        """Cache an embedding whose rows depend on nothing but these attributes of a token."""
        self.embed = embed
        self.attributes = list(attributes)
        # The key of a word: the sum of its attributes, which are hashes, times odd random factors.
        factors = np.random.default_rng(0).integers(2**63, size=len(self.attributes), dtype=np.uint64)
        self.factors = factors * np.uint64(2) + np.uint64(1)
        self.row_numbers: dict[int, int] = {}
        self.rows: FloatArray = np.empty((0, 0), dtype=np.float32)

    def __call__(self, _: Model[Any, Any], docs: list[Doc], is_train: bool) -> tuple[list[FloatArray], None]:
        """Return one row per token for each Doc; the signature is that of a thinc layer's forward function."""
        if is_train:
            raise NotImplementedError("a cached embedding cannot be trained: load the model with spaCy")
        attributes = [doc.to_array(self.attributes) for doc in docs]
        keys, first, inverse = np.unique(
            np.concatenate(attributes) @ self.factors, return_index=True, return_inverse=True
        )
        found = self._get_rows(keys.tolist(), first, docs)[inverse]
        return np.split(found, np.cumsum([len(doc) for doc in docs])[:-1]), None

    def _get_rows(self, keys: list[int], first: TokenPositions, docs: Sequence[Doc]) -> FloatArray:
        """Return the rows of the keys; ``first`` is the position of a token with each key, counted over the Docs."""
        if len(self.row_numbers) + len(keys) > MAX_CACHED_WORDS:
            self.row_numbers.clear()
        new = [i for i, key in enumerate(keys) if key not in self.row_numbers]
        if new:
            rows = self.embed.predict([_select_words(docs, first[new])])[0]
            start, end = len(self.row_numbers), len(self.row_numbers) + len(new)
            if end > len(self.rows):
                self.rows = np.empty((max(MAX_CACHED_WORDS, end), rows.shape[1]), dtype=np.float32)
            self.rows[start:end] = rows
            self.row_numbers.update(zip((keys[i] for i in new), range(start, end), strict=True))
        return self.rows[[self.row_numbers[key] for key in keys]]


def _select_words(docs: Sequence[Doc], positions: TokenPositions) -> Doc:
    """Return a Doc of the words at these positions, counted over all Docs."""
    ends = np.cumsum([len(doc) for doc in docs])
    numbers = np.searchsorted(ends, positions, side="right").tolist()
    tokens = [docs[n][int(p - ends[n])] for n, p in zip(numbers, positions, strict=True)]
    words = Doc(docs[0].vocab, [t.text for t in tokens], [bool(t.whitespace_) for t in tokens])
    for word, token in zip(words, tokens, strict=True):
        word.norm_ = token.norm_
    return words
