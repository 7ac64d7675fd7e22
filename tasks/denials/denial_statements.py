"""Denial acts as statements: those of a reporting cue are joined to its statement, the others are statements too."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from tasks.attribution.source_phrases import SOURCE_PRONOUNS, get_source_phrase
from tasks.denials.claim_nouns import find_claimant
from tasks.denials.classified_statements import DENIAL_TYPES, TokenIndex, compute_jaccard
from tasks.denials.denial_acts import (
    DenialAct,
    find_denying_nouns,
    find_denying_verbs,
    find_reporting_verb,
)
from tasks.denials.denial_lexicon import DenialLexicon
from tasks.denials.falsehood_labels import (
    find_attributive_labels,
    find_label_fragments,
    find_label_nouns,
    find_predicate_labels,
)
from tasks.denials.labelling_verbs import find_labelling_verbs, find_lying_verbs
from tasks.document.doc import Doc
from tasks.document.records import Span, Statement
from tasks.document.token_ranges import get_character_span, get_character_spans

MIN_SAME_CONTENT = 0.3
"""share of words in common above which the content that the cue found is kept"""
ACT_FINDERS = (
    find_labelling_verbs,
    find_denying_verbs,
    find_denying_nouns,
    find_predicate_labels,
    find_attributive_labels,
    find_label_nouns,
    find_lying_verbs,
    find_label_fragments,
)
"""in order of precedence: of several acts with the same cue the first is kept"""


def find_denial_acts(doc: Doc, lexicon: DenialLexicon) -> list[DenialAct]:
    """Return the denials that a document's words make, in order, one per cue."""
    words = [t for t in doc if t.lower_ in lexicon.triggers]
    first: dict[int, DenialAct] = {}
    for find_acts in ACT_FINDERS:
        for act in find_acts(words, lexicon):
            first.setdefault(act.cue.i, act)
    return sorted(first.values(), key=lambda act: act.cue.i)


def merge_denial_acts(
    doc: Doc, tokens: TokenIndex, statements: Sequence[Statement], acts: Sequence[DenialAct]
) -> list[Statement]:
    """Return the statements, those whose cue denies as denials, and the denial acts that have no statement."""
    rows = list(statements)
    position_by_cue: dict[int | None, int] = {}
    for i, s in enumerate(rows):
        position_by_cue.setdefault(s.cue_token, i)
    for act in acts:
        denial = make_denial_statement(doc, act, get_character_spans(doc, [act.content]))
        position = position_by_cue.get(act.cue.i)
        if position is None:
            rows.append(denial)
        else:
            rows[position] = _merge_denial(tokens, rows[position], act, denial)
    holders = _index_denials_by_token(tokens, rows)
    return [_reassign_denied_claim(doc, tokens, s, holders) for s in rows if s.content]


def _merge_denial(tokens: TokenIndex, statement: Statement, act: DenialAct, denial: Statement) -> Statement:
    """Return a statement as the denial that its cue makes, with the act's source and content where they are better."""
    merged = replace(statement, kind=act.kind)
    if act.source is not None and (statement.source is None or find_reporting_verb(act.cue) is not None):
        merged = replace(
            merged, source=denial.source, source_token=denial.source_token, source_type=denial.source_type
        )
    common = compute_jaccard(tokens.get_words(statement.content), tokens.get_words(denial.content))
    return replace(merged, content=denial.content) if common < MIN_SAME_CONTENT else merged


def _index_denials_by_token(
    tokens: TokenIndex, statements: Iterable[Statement]
) -> Mapping[int, Sequence[Statement]]:
    """Return the denials whose content contains each token."""
    holders: dict[int, list[Statement]] = defaultdict(list)
    for denial in (s for s in statements if s.kind in DENIAL_TYPES):
        for span in denial.content:
            for i in range(*tokens.get_range(span)):
                holders[i].append(denial)
    return holders


def _reassign_denied_claim(
    doc: Doc, tokens: TokenIndex, statement: Statement, holders: Mapping[int, Sequence[Statement]]
) -> Statement:
    """Return a claim that a denial names with its own source: the denier does not make the claim.

    ``holders`` are the denials whose content contains each token.
    """
    cue = statement.cue
    if cue is None or statement.source is None or statement.kind in DENIAL_TYPES:
        return statement
    for denial in holders.get(tokens.get_range(cue)[0], ()):
        named = any(a <= cue[0] and cue[1] <= b for a, b in denial.content)
        if named and statement.source == denial.source and statement.cue_token is not None:
            head = find_claimant(doc[statement.cue_token])
            if head is None:
                return replace(statement, source=None, source_token=None, source_type="unnamed")
            source = get_character_span(doc, get_source_phrase(doc, head, doc[statement.cue_token]))
            return replace(statement, source=source, source_token=head.i)
    return statement


def make_denial_statement(doc: Doc, act: DenialAct, content: tuple[Span, ...]) -> Statement:
    """Return the statement of a denial act that no cue of the lexicon made."""
    head = act.source
    return Statement(
        source=get_character_span(doc, get_source_phrase(doc, head, act.cue)) if head is not None else None,
        cue=get_character_span(doc, (act.cue.i, act.cue.i + 1)),
        content=content,
        rule=act.rule,
        confidence=0.7,
        cue_lemma=act.cue.lower_,
        cue_token=act.cue.i,
        source_token=head.i if head is not None else None,
        source_type="author" if head is None else "pronoun" if head.lower_ in SOURCE_PRONOUNS else "named",
        kind=act.kind,
    )
