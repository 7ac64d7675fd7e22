"""A document as linking sees it: what is computed once for all its statements."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tasks.denials.classified_statements import TokenIndex
from tasks.denials.denial_lexicon import DenialLexicon
from tasks.document.doc import Doc
from tasks.document.records import Mention
from tasks.entities.reference_loader import ReferenceTables
from tasks.links.link_knowledge import LinkKnowledge
from tasks.links.word_stems import get_content_stem


@dataclass(frozen=True, slots=True)
class LinkContext:
    """A document, with what is computed once for all its statements."""

    doc: Doc
    tokens: TokenIndex
    names: Mapping[int, Mention]
    """the named mention that contains a token"""
    stems: Sequence[str]
    """stem of each token; the empty string for function words"""
    weights: Mapping[str, float]
    """weight of each stem in this document"""
    lexicon: DenialLexicon
    reference: ReferenceTables


def build_link_context(doc: Doc, mentions: Iterable[Mention], knowledge: LinkKnowledge) -> LinkContext:
    """Return the context of the statements of a document."""
    tokens, stems = TokenIndex(doc), [get_content_stem(token) for token in doc]
    return LinkContext(
        doc=doc,
        tokens=tokens,
        names={
            i: m for m in mentions if not m.pronoun and m.entity_id for i in range(*tokens.get_range(m.span))
        },
        stems=stems,
        weights=_compute_stem_weights(doc, stems),
        lexicon=knowledge.lexicon,
        reference=knowledge.reference,
    )


def _compute_stem_weights(doc: Doc, stems: Sequence[str]) -> dict[str, float]:
    """Return the inverse sentence frequency of each stem in this document, scaled to 0 to 1."""
    edges = [*doc.sentence_starts, len(doc)]
    seen: Counter[str] = Counter()
    for start, end in pairwise(edges):
        seen.update(set(stems[start:end]))
    total = len(edges) - 1
    weights = {n: math.log(1 + total / n) / math.log(1 + total) for n in set(seen.values())}
    return {stem: weights[n] for stem, n in seen.items()}
