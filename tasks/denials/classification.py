"""Classification of statements as claims of a type, denials or tentative denials.

Statements whose words deny (*denied*, *called it a lie*) are denials by themselves. Those that assert a
negation or an alternative, or that plead ignorance, are only *tentative*: linking keeps them as denials
if there is a claim for them to answer.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace

from tasks.denials.claim_types import ClaimTypeRules, add_claim_type, classify_latent_claim
from tasks.denials.classified_statements import (
    DENIAL_TYPES,
    ClassifiedStatement,
    TokenIndex,
    get_stated_words,
)
from tasks.denials.comment_refusals import add_polarity, find_comment_refusals
from tasks.denials.denial_acts import DenialAct
from tasks.denials.denial_lexicon import DenialLexicon
from tasks.denials.denial_statements import find_denial_acts, merge_denial_acts
from tasks.denials.statement_division import divide_statement
from tasks.denials.uncued_statements import (
    find_author_rebuttals,
    find_denied_claims,
    find_latent_claims,
    find_nominal_claims,
    find_unattributed_quotations,
    find_unheld_labels,
)
from tasks.document.doc import Doc
from tasks.document.records import Span, Statement
from tasks.document.token_ranges import find_containing_contents

CLAUSAL_RULES = frozenset(["that", "before", "around", "quote", "according"])
"""rules of statements whose content is a clause"""


def classify_statements(
    doc: Doc, statements: Sequence[Statement], lexicon: DenialLexicon, rules: ClaimTypeRules
) -> list[ClassifiedStatement]:
    """Return the statements, each with its kind, their denials marked, split off or added, in the order of the text."""
    tokens = TokenIndex(doc)
    typed = [add_claim_type(doc, tokens, s, rules) for s in statements]
    reported = [add_polarity(doc, s, lexicon) for s in (*typed, *find_comment_refusals(doc, typed, lexicon))]
    acts = find_denial_acts(doc, lexicon)
    spoken = merge_denial_acts(doc, tokens, reported, [a for a in acts if a.certain and not a.asserted])
    denied = find_denied_claims(doc, spoken, [a for a in acts if a.certain], lexicon)
    spoken += [add_claim_type(doc, tokens, s, rules) for s in denied]
    classified = _find_denials(doc, tokens, spoken, acts, lexicon)
    uncertain = [a for a in acts if not a.certain]
    stated = get_stated_words(tokens, classified)
    latent = [
        classify_latent_claim(doc, tokens, c, rules, stated)
        for c in (
            *find_latent_claims(doc, tokens, classified, uncertain, lexicon),
            *find_nominal_claims(doc, classified, lexicon),
        )
    ]
    is_answered = any(c.statement.kind in DENIAL_TYPES for c in classified)
    classified += [c for c in latent if is_answered or not c.latent]
    worded = [
        _clear_punctuation_source(doc, c)
        for c in classified
        if _has_letter_or_digit(doc, c.statement.content)
    ]
    return _assign_parents(_remove_duplicates(sorted(worded, key=lambda c: _get_text_position(c.statement))))


def _find_denials(
    doc: Doc,
    tokens: TokenIndex,
    spoken: Sequence[Statement],
    acts: Sequence[DenialAct],
    lexicon: DenialLexicon,
) -> list[ClassifiedStatement]:
    """Return the reported statements with the denials among and inside them, and the denials that nobody reports."""
    asserted = [act for act in acts if act.asserted]
    predicated = [act for act in asserted if act.rule == "label"]
    classified = [c for s in spoken for c in divide_statement(doc, tokens, s, predicated, lexicon)]
    classified += find_unattributed_quotations(doc, get_stated_words(tokens, classified), predicated, lexicon)
    classified += find_unheld_labels(
        doc, tokens, classified, [act for act in asserted if act.certain], lexicon
    )
    classified += find_author_rebuttals(doc, get_stated_words(tokens, classified), lexicon)
    return _mark_corrections(tokens, classified)


def _has_letter_or_digit(doc: Doc, spans: Iterable[Span]) -> bool:
    """Return True if spans hold more than punctuation."""
    return any(map(str.isalnum, "".join(doc.text[a:b] for a, b in spans)))


def _clear_punctuation_source(doc: Doc, classified: ClassifiedStatement) -> ClassifiedStatement:
    """Return the statement, without its source where that is punctuation: the parser took a mark for a noun."""
    source = classified.statement.source
    if source is None or _has_letter_or_digit(doc, [source]):
        return classified
    statement = replace(classified.statement, source=None, source_token=None, source_type="hearsay")
    return replace(classified, statement=statement)


def _remove_duplicates(classified: Iterable[ClassifiedStatement]) -> list[ClassifiedStatement]:
    """Return the statements without those that have source, cue and content in common with another.

    Of duplicates, a denial is kept rather than a claim, a certain rather than a tentative one, and a reported rather
    than a latent one.
    """
    best: dict[tuple[Span | None, Span | None, tuple[Span, ...]], ClassifiedStatement] = {}
    for j in classified:
        key = j.statement.source, j.statement.cue, j.statement.content
        if key not in best or _rank_duplicate(j) < _rank_duplicate(best[key]):
            best[key] = j
    return list(best.values())


def _rank_duplicate(classified: ClassifiedStatement) -> tuple[bool, bool, bool]:
    """Return the order in which one of several statements with the same spans is kept, the smallest first."""
    return classified.latent, classified.tentative, classified.statement.kind not in DENIAL_TYPES


def _mark_corrections(
    tokens: TokenIndex, classified: Sequence[ClassifiedStatement]
) -> list[ClassifiedStatement]:
    """Return the statements; one right after the author calls a claim false may rebut it.

    *He was wrong in his claim about the plant. The firm itself said the deal was on.*
    """

    def sentence(span: Span) -> int:
        return bisect_right(tokens.doc.sentence_starts, tokens.get_range(span)[0])

    labels = {
        sentence(j.statement.content[-1])
        for j in classified
        if j.statement.kind == "labelling" and j.statement.source is None and not j.tentative
    }
    rows = []
    for j in classified:
        s = j.statement
        follows = not j.tentative and sentence(s.cue or s.content[0]) - 1 in labels
        if follows and s.kind == "statement" and s.rule in CLAUSAL_RULES:
            rows.append(ClassifiedStatement(replace(s, kind="counter"), True, "statement"))
        else:
            rows.append(j)
    return rows


def _get_text_position(statement: Statement) -> tuple[int, int, tuple[Span, ...]]:
    """Return the position of a statement in its text, as a sort key."""
    first = statement.content[0][0]
    return (
        min(first, statement.cue[0]) if statement.cue else first,
        -statement.content[-1][1],
        statement.content,
    )


def _assign_parents(classified: Sequence[ClassifiedStatement]) -> list[ClassifiedStatement]:
    """Return the statements, each with the position of the innermost one whose content contains it."""
    contents = [c.statement.content for c in classified]
    sizes = [sum(b - a for a, b in content) for content in contents]
    anchors = [c.statement.cue or c.statement.content[0] for c in classified]
    parents = [
        min(((sizes[k], k) for k in holders if size < sizes[k]), default=(0, None))[1]
        for size, holders in zip(sizes, find_containing_contents(anchors, contents), strict=True)
    ]
    return [
        c if parent is None else replace(c, statement=replace(c.statement, parent=parent))
        for c, parent in zip(classified, parents, strict=True)
    ]
