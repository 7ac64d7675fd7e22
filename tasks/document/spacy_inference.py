"""The model's components, run so that they cost less and say the same.

Four things make the difference; none changes what the model computes:

- matrix products go to the BLAS of numpy, which knows more processors than the one that spaCy brings;
- a word's embedding does not depend on its neighbours: it is computed once and remembered;
- parser and recogniser make their moves in step for many paragraphs while Python's lock is held: spaCy's
  own loop gives it up, and takes it again several times for every move it weighs;
- paragraphs of like length go together, so that none waits for the longest.

A row of a product is the same to the bit whatever rows stand beside it (:func:`is_steady`), so what is found
in a paragraph does not depend on the batch that it came in.
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

TILE = 48
"""Rows are filled up to a multiple of this: BLAS multiplies those at the edge by kernels that round differently."""
REMEMBERED = 32_768
"""Words kept by an embedding before its memory is emptied: some 13 MB."""
PACKED_TOKENS = 3_000
"""Tokens that go through a network at once; more save no time and take 50 MB a thousand."""
MOVING = (DependencyParser, EntityRecognizer)
Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.intp]


class TiledOps(NumpyOps):  # type: ignore[misc]
    """Matrix products by numpy, in whole tiles of rows."""

    def gemm(
        self, x: Floats, y: Floats, out: Floats | None = None, trans1: bool = False, trans2: bool = False
    ) -> Floats:
        """Return the product of ``x`` and ``y``, either transposed first where asked for."""
        if trans1 or out is not None:
            return np.asarray(super().gemm(x, y, out=out, trans1=trans1, trans2=trans2))
        rows = len(x)
        if rows % TILE:
            filled = np.zeros((rows + TILE - rows % TILE, x.shape[1]), dtype=x.dtype)
            filled[:rows] = x
            x = filled
        return (x @ (y.T if trans2 else y))[:rows]


def is_steady(ops: NumpyOps) -> bool:
    """Tell whether each row of a product is the same to the bit in whatever batch it comes, on this machine."""
    random = np.random.default_rng(0)
    x, w = (random.standard_normal((rows, 64), dtype=np.float32) for rows in (3 * TILE, 2 * TILE))
    whole = ops.gemm(x, w, trans2=True)
    parts = [(a, b) for a in (0, 1, 5) for b in (a + 1, a + 7, a + TILE, a + 2 * TILE)]
    return all(np.array_equal(ops.gemm(x[a:b], w, trans2=True), whole[a:b]) for a, b in parts)


def steady_ops() -> NumpyOps:
    """Return the BLAS of numpy where it is steady (wherever it has kernels for AVX-512), else that of spaCy."""
    tiled = TiledOps(use_blis=False)
    return tiled if is_steady(tiled) else NumpyOps()


@contextmanager
def loading_with(ops: NumpyOps) -> Iterator[None]:
    """Let the models that are loaded meanwhile multiply by ``ops``."""
    before = get_current_ops()
    set_current_ops(ops)
    try:
        yield
    finally:
        set_current_ops(before)


@contextmanager
def resting_collector() -> Iterator[None]:
    """Keep Python's garbage collector from looking through all tokens again for every few hundred that are made."""
    awake = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if awake:
            gc.enable()


def remember_embeddings(nlp: Language) -> None:
    """Let every network of a pipeline that embeds words as spaCy's own do remember their embeddings."""
    for name in nlp.pipe_names:
        model = getattr(nlp.get_pipe(name), "model", None)
        for node in model.walk() if isinstance(model, Model) else ():
            embed = node.get_ref("embed") if node.has_ref("embed") else None
            if embed is None or not node.layers or node.layers[0] is not embed:
                continue
            columns = [n.attrs["columns"] for n in embed.walk() if n.name == "extract_features"]
            if len(columns) == 1:
                node.layers[0] = Model("remembered", Memory(embed, ("ORTH", *columns[0])))


class Memory:
    """The rows of an embedding by word: a plain embedding is asked only for words that it has not yet seen."""

    def __init__(self, embed: Model[Any, Any], attributes: Sequence[int | str]) -> None:
        """Remember an embedding whose rows depend on these attributes of a token and on nothing beside it."""
        self.embed = embed
        self.attributes = list(attributes)
        # One number a word: its attributes, which are hashes themselves, by odd random factors.
        factors = np.random.default_rng(0).integers(2**63, size=len(self.attributes), dtype=np.uint64)
        self.factors = factors * np.uint64(2) + np.uint64(1)
        self.places: dict[int, int] = {}
        self.rows: Floats = np.empty((0, 0), dtype=np.float32)

    def __call__(self, _: Model[Any, Any], docs: list[Doc], is_train: bool) -> tuple[list[Floats], None]:
        """Return one row a token for each Doc, as thinc calls a layer."""
        if is_train:
            raise NotImplementedError("a remembered embedding cannot be trained: load the model by itself")
        attributes = [doc.to_array(self.attributes) for doc in docs]
        keys, first, back = np.unique(
            np.concatenate(attributes) @ self.factors, return_index=True, return_inverse=True
        )
        found = self.look_up(keys.tolist(), first, docs)[back]
        return np.split(found, np.cumsum([len(doc) for doc in docs])[:-1]), None

    def look_up(self, keys: list[int], first: Places, docs: Sequence[Doc]) -> Floats:
        """Return the rows of the keys; ``first`` tells at which token of the Docs each of them stands."""
        if len(self.places) + len(keys) > REMEMBERED:
            self.places.clear()
        new = [i for i, key in enumerate(keys) if key not in self.places]
        if new:
            rows = self.embed.predict([words_at(docs, first[new])])[0]
            start, end = len(self.places), len(self.places) + len(new)
            if end > len(self.rows):
                self.rows = np.empty((max(REMEMBERED, end), rows.shape[1]), dtype=np.float32)
            self.rows[start:end] = rows
            self.places.update(zip((keys[i] for i in new), range(start, end), strict=True))
        return self.rows[[self.places[key] for key in keys]]


def words_at(docs: Sequence[Doc], positions: Places) -> Doc:
    """Return a Doc of the words that stand at these positions of the Docs, counted through."""
    ends = np.cumsum([len(doc) for doc in docs])
    numbers = np.searchsorted(ends, positions, side="right").tolist()
    tokens = [docs[n][int(p - ends[n])] for n, p in zip(numbers, positions, strict=True)]
    words = Doc(docs[0].vocab, [t.text for t in tokens], [bool(t.whitespace_) for t in tokens])
    for word, token in zip(words, tokens, strict=True):
        word.norm_ = token.norm_
    return words


def annotate(docs: Sequence[Doc], nlp: Language) -> None:
    """Set in place what a pipeline finds in tokenized Docs."""
    for pack in packs(docs):
        for name in nlp.pipe_names:
            component: Any = nlp.get_pipe(name)
            if isinstance(component, MOVING) and component.cfg["beam_width"] == 1:
                move_in_step(component, pack)
            else:
                list(component.pipe(pack, batch_size=len(pack)))


def packs(docs: Sequence[Doc]) -> Iterator[list[Doc]]:
    """Yield the Docs by length, as many at a time as go well through a network."""
    pack: list[Doc] = []
    tokens = 0
    for doc in sorted(docs, key=len):
        if pack and tokens + len(doc) > PACKED_TOKENS:
            yield pack
            pack, tokens = [], 0
        pack.append(doc)
        tokens += len(doc)
    if pack:
        yield pack


def move_in_step(parser: Any, docs: list[Doc]) -> None:
    """Set what a transition-based parser or recogniser finds, by the move that it rates highest each time."""
    states = parser.moves.init_batch(docs)
    active = [state for state in states if not state.is_final()]
    if active:
        step = parser.model.predict(docs)
        while active:
            active = parser.transition_states(active, step.predict(active))
    parser.set_annotations(docs, states)
