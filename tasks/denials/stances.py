"""The stance of a stretch of content to claims of others: it labels, pleads ignorance, negates or corrects."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tasks.denials.claim_nouns import CLAIM_PRONOUNS
from tasks.denials.denial_acts import DenialAct
from tasks.denials.denial_lexicon import DenialLexicon
from tasks.document.doc import Doc, Token
from tasks.document.function_words import CONDITIONAL_CONJUNCTIONS, NEGATIVE_PRONOUNS
from tasks.document.records import DenialType
from tasks.document.token_ranges import TokenRange, get_subtree_range

NEGATIVE_ADVERBS = frozenset(["never", "neither", "nor"])
UNASSERTED_CONJUNCTIONS = CONDITIONAL_CONJUNCTIONS | {"why"}
INTENTION_AUXILIARIES = frozenset(
    ["will", "wo", "'ll", "’ll", "should", "must", "shall", "would", "can", "ca", "may", "let"]
)
CLAUSE_SUBJECT_RELATIONS = frozenset(["nsubj", "nsubjpass", "expl", "csubj"])


@dataclass(frozen=True, slots=True)
class Stance:
    """A stretch of content that may deny, and the type of denial that it would be."""

    kind: DenialType
    piece: TokenRange
    certain: bool
    """its words deny; otherwise it denies only if there is a claim for it to answer"""


def find_stance(
    doc: Doc, piece: TokenRange, labels: Sequence[DenialAct], lexicon: DenialLexicon
) -> Stance | None:
    """Return the stance of a sentence, or part of one, that somebody says."""
    certain = _find_label_stance(doc, piece, labels, lexicon)
    if certain is not None or _is_question(doc, piece):
        return certain
    if _is_answered_no(doc, piece):
        return Stance("negated_assertion", piece, False)
    parts = list(find_predicates(doc, piece, lexicon))
    for n, (verb, part) in enumerate(parts):
        own = _cut_later_conjuncts(part, [other for _, other in parts[n + 1 :]])
        if lexicon.has_pattern("lack_of_knowledge", doc, own):
            return Stance("lack_of_knowledge", part, False)
        if is_negated_clause(verb, lexicon):
            return Stance("negated_assertion", part, False)
    if lexicon.has_pattern("rebuttal", doc, piece):
        return Stance("counter", find_correcting_part(doc, piece, lexicon), False)
    return None


def find_correcting_part(doc: Doc, piece: TokenRange, lexicon: DenialLexicon) -> TokenRange:
    """Return the part of a stretch that corrects: the part in brackets if the correction is there, else the whole."""
    tokens = doc.tokens
    opening = next((i for i in range(*piece) if tokens[i].text == "("), piece[1])
    closing = next((i for i in range(opening, piece[1]) if tokens[i].text == ")"), piece[1])
    inside = opening + 1, closing
    if inside[0] < closing and lexicon.has_pattern("rebuttal", doc, inside):
        return inside
    return piece


def _find_label_stance(
    doc: Doc, piece: TokenRange, labels: Sequence[DenialAct], lexicon: DenialLexicon
) -> Stance | None:
    """Return the stance of a stretch that calls a claim false, or None."""
    first = bisect_left(labels, piece[0], key=lambda label: label.cue.i)
    for label in labels[first : first + 1]:
        if label.cue.i < piece[1]:
            start, end = max(label.content[0], piece[0]), min(label.content[1], piece[1])
            return Stance(
                "labelling", piece if 2 * (end - start) >= piece[1] - piece[0] else (start, end), True
            )
    return Stance("labelling", piece, True) if has_unsound_claim(doc, piece, lexicon) else None


def _is_answered_no(doc: Doc, piece: TokenRange) -> bool:
    """Return True if a stretch begins with *No* before a mark: *No, he was at home*."""
    words = [t for t in doc.tokens[piece[0] : piece[0] + 4] if not t.is_space]
    first = next((n for n, t in enumerate(words) if t.is_alpha), None)
    if first is None or words[first].lower_ != "no" or first + 1 >= len(words):
        return False
    return words[first + 1].text in (",", ".", "!", "—", "–", "--")


def _is_question(doc: Doc, piece: TokenRange) -> bool:
    """Return True if a stretch ends in a question mark, within its closing quotation mark or not."""
    return "?" in (doc[piece[1] - 1].text, doc[max(piece[1] - 2, piece[0])].text)


def has_unsound_claim(doc: Doc, piece: TokenRange, lexicon: DenialLexicon) -> bool:
    """Return True if a stretch says of a claim that it does not hold: *the argument does not hold water*."""
    return lexicon.has_pattern("unsound", doc, piece) and any(
        doc[i].lower_ in lexicon.claim_nouns or doc[i].lower_ in CLAIM_PRONOUNS for i in range(*piece)
    )


def _find_roots(doc: Doc, piece: TokenRange) -> list[Token]:
    """Return the tokens of a stretch whose head lies outside it."""
    start, end = piece
    free = (t for t in doc.tokens[start:end] if t.head is t or not start <= t.head.i < end)
    return [t for t in free if not (t.is_punct or t.is_space)]


def find_predicates(
    doc: Doc, piece: TokenRange, lexicon: DenialLexicon
) -> Iterator[tuple[Token, TokenRange]]:
    """Yield the main verbs of a stretch, each with its part: the whole, or the conjunct that it heads."""
    for root in _find_roots(doc, piece):
        yield root, piece
        for child in root.children:
            if child.i <= root.i or not piece[0] <= child.i < piece[1]:
                continue
            if child.dep_ in ("conj", "parataxis", "dep") and _has_own_subject(child):
                start, end = get_subtree_range(child)
                yield child, (max(start, piece[0]), min(end, piece[1]))
            elif child.dep_ == "ccomp" and root.lower_ in lexicon.word_classes["hedging"]:
                yield child, piece


def _cut_later_conjuncts(part: TokenRange, later: Sequence[TokenRange]) -> TokenRange:
    """Return a clause without the conjuncts that follow it."""
    ends = [start for start, _ in later if part[0] < start < part[1]]
    return part[0], min([part[1], *ends])


def _has_own_subject(verb: Token) -> bool:
    """Return True if a clause names its subject."""
    return any(k.dep_ in CLAUSE_SUBJECT_RELATIONS for k in verb.children)


def _is_negative_phrase(preposition: Token) -> bool:
    """Return True if a phrase negates its clause: *in no way*, *under no circumstances*."""
    objects = [k for k in preposition.children if k.dep_ == "pobj"] if preposition.dep_ == "prep" else []
    return any(j.lower_ == "no" for k in objects for j in k.children)


def is_negated_clause(verb: Token, lexicon: DenialLexicon) -> bool:
    """Return True if a main clause asserts a negation: of a fact, not of a wish or an intention."""
    kids = verb.children
    if any(k.tag_ == "MD" or k.lower_ in INTENTION_AUXILIARIES for k in kids if k.dep_ == "aux"):
        return False
    if any(k.dep_ in ("mark", "advmod") and k.lower_ in UNASSERTED_CONJUNCTIONS for k in kids):
        return False
    if verb.lower_ in lexicon.word_classes["attitude"]:
        return False
    if any(k.dep_ == "neg" or k.lower_ in NEGATIVE_ADVERBS or _is_negative_phrase(k) for k in kids):
        return verb.tag_ != "VB" or any(k.lower_ in ("do", "did", "does") for k in kids)
    if any(k.dep_ in ("acomp", "attr") and k.lower_ in lexicon.word_classes["negative"] for k in kids):
        return True
    nominal = [k for k in kids if k.dep_ in ("nsubj", "nsubjpass", "dobj", "attr", "expl")]
    return any(
        k.lower_ in NEGATIVE_PRONOUNS
        or any(j.lower_ in ("no", "none", "neither") and j.i < k.i for j in k.children)
        for k in nominal
    )
