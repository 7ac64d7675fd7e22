"""A statement that may be a denial, with its document and the claims that it may answer."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tasks.denials.classified_statements import ClassifiedStatement
from tasks.denials.denial_lexicon import DenialLexicon
from tasks.document.doc import Doc, Token
from tasks.document.token_ranges import TokenRange
from tasks.links.claim_ranking import RankedClaims
from tasks.links.statement_features import StatementFeatures
from tasks.links.word_stems import NEGATIVE_WORDS, get_topic_stem

NEGATION_HEAD_RELATIONS = frozenset(["neg", "det", "advmod", "nsubj", "nsubjpass", "dobj", "attr", "preconj"])
NOMINAL_RELATIONS = frozenset(["dobj", "attr", "nsubj", "nsubjpass", "pobj"])
LOG_SCALE = 5.0
"""divisor that brings the logarithm of a length or a number of statements to about 0 to 1"""
MAX_NEGATED_TOKENS = 14
"""tokens after a negation that it is taken to negate"""


@dataclass(frozen=True, slots=True)
class DocumentStems:
    """The topic stems of a document: where each occurs first, how often, and by sentence."""

    first: Mapping[str, int]
    count: Mapping[str, int]
    by_sentence: Sequence[frozenset[str]]


@dataclass(frozen=True, slots=True)
class CandidateContext:
    """The document of a candidate: its statements in order, the denials by their words, and its stems."""

    doc: Doc
    lexicon: DenialLexicon
    statements: Sequence[StatementFeatures]
    certain: Sequence[StatementFeatures]
    """the statements that are denials by their words, by their starts"""
    stems: DocumentStems


@dataclass(frozen=True, slots=True)
class DenialCandidate:
    """A statement that may be a denial, its content by sentence, and the claims that it may answer."""

    context: CandidateContext
    classified: ClassifiedStatement
    position: int
    """its position among the statements of its document"""
    claims: RankedClaims
    """the claims that it may answer, best first"""
    sentences: Sequence[TokenRange]
    """its content by sentence"""
    tokens: Sequence[Token]
    """the tokens of its content"""
    negated_verbs: Sequence[Token]
    """the main verbs of its content whose clauses are negated"""

    @property
    def doc(self) -> Doc:
        """The document."""
        return self.context.doc

    @property
    def lexicon(self) -> DenialLexicon:
        """The words of denying."""
        return self.context.lexicon

    @property
    def features(self) -> StatementFeatures:
        """What linking uses of the statement."""
        return self.context.statements[self.position]


def collect_stems(doc: Doc) -> DocumentStems:
    """Return the topic stems of a document."""
    stems = [get_topic_stem(token) for token in doc]
    first: dict[str, int] = {}
    for i, stem in enumerate(stems):
        if stem:
            first.setdefault(stem, i)
    edges = pairwise([*doc.sentence_starts, len(doc)])
    return DocumentStems(
        first=first,
        count=Counter(stem for stem in stems if stem),
        by_sentence=[frozenset(stems[a:b]) - {""} for a, b in edges],
    )


def find_negations(tokens: Sequence[Token]) -> list[tuple[Token, Token]]:
    """Return the negations among tokens, each with the verb, or else the word, that it negates."""
    found = [t for t in tokens if t.dep_ == "neg" or t.lower_ in NEGATIVE_WORDS]
    return [(token, _find_negated_head(token)) for token in found]


def _find_negated_head(negation: Token) -> Token:
    """Return the word that a negation negates: of *no evidence*, the verb whose object it is."""
    head = negation.head if negation.dep_ in NEGATION_HEAD_RELATIONS else negation
    return head.head if head.tag_.startswith("NN") and head.dep_ in NOMINAL_RELATIONS else head


def find_negated_tokens(tokens: Sequence[Token], negations: Sequence[tuple[Token, Token]]) -> list[Token]:
    """Return the tokens of a content that its negations negate: from each to the end of the negated clause."""
    inside, marks = {t.i for t in tokens}, {t.i for t, _ in negations}
    return [
        token
        for negation, head in negations
        for token in negation.doc.tokens[
            min(negation.i, head.i) : min(head.right_edge.i, negation.i + MAX_NEGATED_TOKENS) + 1
        ]
        if token.i in inside and token.i not in marks
    ]
