"""Greedy named entity recognition by spaCy's transition model, for all tokens of many Docs at once.

The recogniser reads a Doc from left to right. Outside of an entity its scores depend on one token alone, so they
are computed for all tokens in one product. Inside they depend on the token, the one before and the first one of the
entity, so the entities that could begin anywhere are extended side by side, one token a step. A walk over the Docs
then takes those that a reading from left to right reaches. The result is the one of spaCy's own loop.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from spacy.pipeline import EntityRecognizer
from spacy.tokens import Doc, Span
from thinc.api import Model

from tasks.document.inference.matrix_products import FloatArray, get_parameter

N_FEATURES = 3
"""The token, the first token of the open entity, the token before."""
N_PIECES = 2
BLOCKING = "U-"
"""The name of the transition that blocks an entity: allowed only where a Doc has entities before."""
PREFIXES = {1: "B-", 2: "I-", 3: "L-", 4: "U-", 5: "O"}
"""The kinds of transitions by their number in spaCy."""
Positions = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class EntityMoves:
    """The transitions of a recogniser, by their position in its scores.

    ``begin``, ``unit`` and ``outside`` are masks; ``inside`` and ``last`` hold for each transition the positions of
    those that continue and that end an entity of the same label.
    """

    labels: tuple[str, ...]
    begin: Mask
    unit: Mask
    outside: Mask
    inside: Positions
    last: Positions

    @classmethod
    def from_names(cls, names: Sequence[str]) -> Self:
        """Return the moves with these names: ``B-``, ``I-``, ``L-`` and ``U-`` with a label, and ``O``."""
        at = {name: i for i, name in enumerate(names)}
        labels = tuple(name.partition("-")[2] for name in names)
        return cls(
            labels=labels,
            begin=np.array([name.startswith("B-") for name in names]),
            unit=np.array([name.startswith("U-") and name != BLOCKING for name in names]),
            outside=np.array([name == "O" for name in names]),
            inside=np.array([at.get(f"I-{label}", -1) for label in labels]),
            last=np.array([at.get(f"L-{label}", -1) for label in labels]),
        )


class TokenScorer:
    """The scores of transitions: features of tokens, summed, maxout, and a linear layer."""

    def __init__(self, model: Model[Any, Any], docs: Sequence[Doc]) -> None:
        """Compute the features of every token of the Docs."""
        lower = model.get_ref("lower")
        vectors = model.get_ref("tok2vec").predict(docs)
        features = lower.predict(vectors)
        n_rows = features.shape[0]
        self.features = features.reshape(n_rows, N_FEATURES, -1)
        self.bias = get_parameter(lower, "b").ravel()
        self.upper = model.get_ref("upper")

    def score_outside(self) -> FloatArray:
        """Return the scores of all tokens, where no entity is open."""
        absent = self.features[0]
        return self._score(self.features[1:, 0] + absent[1] + absent[2])

    def score_inside(self, tokens: Positions, first: Positions) -> FloatArray:
        """Return the scores of these tokens, in entities that begin at ``first``."""
        # Row 0 holds the features of an absent token, so that a token's row is its position plus one.
        rows = self.features[tokens + 1, 0] + self.features[first + 1, 1]
        rows += self.features[tokens, 2]
        return self._score(rows)

    def _score(self, sums: FloatArray) -> FloatArray:
        sums += self.bias
        hidden = np.maximum(sums[:, ::N_PIECES], sums[:, 1::N_PIECES])
        scores: FloatArray = self.upper.predict(hidden)
        return scores


def _name_moves(recogniser: EntityRecognizer) -> list[str]:
    """Return the names of a recogniser's transitions in the order of its scores.

    ``recogniser.move_names`` lacks the name of the transition that blocks an entity, which has a score too.
    """
    labels = recogniser.moves.labels
    by_frequency = (
        (action, sorted(labels[action], key=lambda x: (labels[action][x], x), reverse=True))
        for action in sorted(labels)
    )
    return [PREFIXES[action] + label for action, names in by_frequency for label in names]


def is_supported(recogniser: EntityRecognizer) -> bool:
    """Return True if the recogniser is greedy and its model is built as :class:`TokenScorer` computes it."""
    model = recogniser.model
    lower = model.get_ref("lower") if model.has_ref("lower") else None
    return (
        recogniser.cfg["beam_width"] == 1
        and lower is not None
        and (lower.get_dim("nF"), lower.get_dim("nP")) == (N_FEATURES, N_PIECES)
        and model.attrs["has_upper"]
        and not model.attrs["unseen_classes"]
        and [name for name in _name_moves(recogniser) if name != BLOCKING] == recogniser.move_names
    )


def recognise_entities(recogniser: EntityRecognizer, docs: Sequence[Doc]) -> None:
    """Set the entities of Docs that have sentences and no entities yet."""
    filled = [doc for doc in docs if len(doc)]
    if not filled:
        return
    moves = EntityMoves.from_names(_name_moves(recogniser))
    scorer = TokenScorer(recogniser.model, filled)
    attributes = np.concatenate([doc.to_array(["IS_SPACE", "SENT_START"]) for doc in filled])
    ends = np.cumsum([len(doc) for doc in filled])
    # An entity continues neither over the end of a Doc nor over that of a sentence.
    can_continue = np.append(attributes[1:, 1] != 1, False)
    can_continue[ends - 1] = False
    chosen = _choose_outside(scorer.score_outside(), moves, attributes[:, 0] != 0, can_continue)
    entity_ends = _find_ends(scorer, moves, chosen, can_continue)
    starts = [0, *ends[:-1].tolist()]
    for doc, start in zip(filled, starts, strict=True):
        own = slice(start, start + len(doc))
        doc.set_ents(_read_entities(doc, moves, chosen[own], entity_ends[own] - start))


def _choose_outside(scores: FloatArray, moves: EntityMoves, is_space: Mask, can_continue: Mask) -> Positions:
    """Return the best allowed transition of every token where no entity is open."""
    is_word = ~is_space
    allowed = moves.begin & (is_word & can_continue)[:, None]
    allowed |= moves.unit & is_word[:, None]
    allowed |= moves.outside
    best: Positions = np.where(allowed, scores, -np.inf).argmax(axis=1)
    return best


def _find_ends(scorer: TokenScorer, moves: EntityMoves, chosen: Positions, can_continue: Mask) -> Positions:
    """Return for each token the end of the entity that begins there if a reading from the left reaches it, else 0."""
    ends = np.where(moves.unit[chosen], np.arange(1, len(chosen) + 1), 0)
    first = np.flatnonzero(moves.begin[chosen])
    tokens = first + 1
    while len(first):
        scores = scorer.score_inside(tokens, first)
        row = np.arange(len(first))
        inside, last = moves.inside[chosen[first]], moves.last[chosen[first]]
        # Where two scores are equal, spaCy takes the transition that comes first.
        gain = scores[row, inside] - scores[row, last]
        goes_on = can_continue[tokens] & ((gain > 0) | ((gain == 0) & (inside < last)))
        ends[first[~goes_on]] = tokens[~goes_on] + 1
        first, tokens = first[goes_on], tokens[goes_on] + 1
    return ends


def _read_entities(doc: Doc, moves: EntityMoves, chosen: Positions, ends: Positions) -> list[Span]:
    """Return the entities that a reading from left to right reaches."""
    entities = []
    done = 0
    for start in np.flatnonzero(ends > 0).tolist():
        if start >= done:
            done = int(ends[start])
            entities.append(Span(doc, start, done, label=moves.labels[chosen[start]]))
    return entities
