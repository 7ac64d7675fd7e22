"""Faster inference with the components of a spaCy pipeline, with the same output.

Four optimisations, none of which changes what the model computes:

- matrix products use numpy's BLAS, which has kernels for more processors than spaCy's BLIS;
- a word's embedding does not depend on its neighbours, so it is computed once and cached;
- parser and recogniser apply one transition at a time to many paragraphs while holding the GIL; spaCy's own
  loop releases and takes it several times per transition;
- paragraphs of similar length are batched together, so that none waits for the longest.

Each row of a product is bit-identical whatever the other rows are (:func:`_is_batch_invariant`), so the annotation of
a paragraph does not depend on its batch.
"""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
from spacy.language import Language
from spacy.pipeline import DependencyParser, EntityRecognizer
from spacy.tokens import Doc
from thinc.api import Model, NumpyOps, get_current_ops, set_current_ops

TILE_ROWS = 48
"""Rows are padded to a multiple of this: BLAS uses kernels that round differently for the rows at the edge."""
MAX_CACHED_WORDS = 32_768
"""Words that an embedding caches before the cache is cleared: about 13 MB."""
MAX_PACK_TOKENS = 3_000
"""Tokens that go through a network at once; more save no time and take 50 MB per thousand."""
TRANSITION_COMPONENTS = (DependencyParser, EntityRecognizer)
FloatArray = npt.NDArray[np.float32]
TokenPositions = npt.NDArray[np.intp]


class TiledOps(NumpyOps):  # type: ignore[misc]
    """Matrix products by numpy, with rows padded to whole tiles."""

    def gemm(
        self,
        x: FloatArray,
        y: FloatArray,
        out: FloatArray | None = None,
        trans1: bool = False,
        trans2: bool = False,
    ) -> FloatArray:
        """Return the product of ``x`` and ``y``, each transposed first if requested."""
        if trans1 or out is not None:
            return np.asarray(super().gemm(x, y, out=out, trans1=trans1, trans2=trans2))
        rows = len(x)
        if rows % TILE_ROWS:
            filled = np.zeros((rows + TILE_ROWS - rows % TILE_ROWS, x.shape[1]), dtype=x.dtype)
            filled[:rows] = x
            x = filled
        return (x @ (y.T if trans2 else y))[:rows]


def _is_batch_invariant(ops: NumpyOps) -> bool:
    """Return True if on this machine each row of a product is bit-identical in batches of any size."""
    random = np.random.default_rng(0)
    x, w = (random.standard_normal((rows, 64), dtype=np.float32) for rows in (3 * TILE_ROWS, 2 * TILE_ROWS))
    whole = ops.gemm(x, w, trans2=True)
    parts = [(a, b) for a in (0, 1, 5) for b in (a + 1, a + 7, a + TILE_ROWS, a + 2 * TILE_ROWS)]
    return all(np.array_equal(ops.gemm(x[a:b], w, trans2=True), whole[a:b]) for a, b in parts)


def choose_batch_invariant_ops() -> NumpyOps:
    """Return numpy's BLAS if it is batch-invariant (where it has kernels for AVX-512), else spaCy's."""
    tiled = TiledOps(use_blis=False)
    return tiled if _is_batch_invariant(tiled) else NumpyOps()


@contextmanager
def use_ops_while_loading(ops: NumpyOps) -> Iterator[None]:
    """Make ``ops`` the backend of the models that are loaded in the block."""
    before = get_current_ops()
    set_current_ops(ops)
    try:
        yield
    finally:
        set_current_ops(before)


@contextmanager
def pause_garbage_collection() -> Iterator[None]:
    """Disable garbage collection in the block: creating tokens would trigger it again and again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def cache_embeddings(nlp: Language) -> None:
    """Add a cache to the word embedding of every network of a pipeline that is built like spaCy's own."""
    for name in nlp.pipe_names:
        model = getattr(nlp.get_pipe(name), "model", None)
        for node in model.walk() if isinstance(model, Model) else ():
            embed = node.get_ref("embed") if node.has_ref("embed") else None
            if embed is None or not node.layers or node.layers[0] is not embed:
                continue
            columns = [n.attrs["columns"] for n in embed.walk() if n.name == "extract_features"]
            if len(columns) == 1:
                node.layers[0] = Model("remembered", EmbeddingCache(embed, ("ORTH", *columns[0])))


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


def annotate_docs(docs: Sequence[Doc], nlp: Language) -> None:
    """Annotate tokenized Docs in place with every component of a pipeline."""
    for pack in _pack_docs(docs):
        for name in nlp.pipe_names:
            component: Any = nlp.get_pipe(name)
            if isinstance(component, TRANSITION_COMPONENTS) and component.cfg["beam_width"] == 1:
                _run_transitions_in_lockstep(component, pack)
            else:
                list(component.pipe(pack, batch_size=len(pack)))


def _pack_docs(docs: Sequence[Doc]) -> Iterator[list[Doc]]:
    """Yield the Docs, sorted by length, in lists of up to :data:`MAX_PACK_TOKENS`."""
    pack: list[Doc] = []
    tokens = 0
    for doc in sorted(docs, key=len):
        if pack and tokens + len(doc) > MAX_PACK_TOKENS:
            yield pack
            pack, tokens = [], 0
        pack.append(doc)
        tokens += len(doc)
    if pack:
        yield pack


def _run_transitions_in_lockstep(parser: Any, docs: list[Doc]) -> None:
    """Annotate Docs with a transition-based parser or recogniser, by greedy search."""
    states = parser.moves.init_batch(docs)
    active = [state for state in states if not state.is_final()]
    if active:
        step = parser.model.predict(docs)
        while active:
            active = parser.transition_states(active, step.predict(active))
    parser.set_annotations(docs, states)
