"""Classification of statements as claims of a type, denials or tentative denials.

Statements whose words deny (*denied*, *called it a lie*) are denials by themselves. Those that assert a
negation or an alternative, or that plead ignorance, are only *tentative*: linking keeps them as denials
if there is a claim for them to answer.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from tasks.accusations.accusation_detection import Accusation, has_deed
from tasks.attribution.source_phrases import get_source_phrase
from tasks.denials.claim_nouns import find_claimant
from tasks.denials.claim_types import ClaimTypeRules, classify_claim
from tasks.denials.classified_statements import (
    DENIAL_TYPES,
    ClassifiedStatement,
    TokenIndex,
    compute_jaccard,
    get_stated_words,
)
from tasks.denials.comment_refusals import find_comment_refusals
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
    find_labelling_verbs,
    find_lying_verbs,
    find_predicate_labels,
)
from tasks.denials.statement_division import divide_statement
from tasks.denials.uncued_statements import (
    find_author_rebuttals,
    find_denied_claims,
    find_latent_claims,
    find_nominal_claims,
    find_unattributed_quotations,
    find_unheld_labels,
    make_denial_statement,
)
from tasks.document.doc import Doc
from tasks.document.records import ClaimType, Span, Statement
from tasks.document.token_ranges import find_containing_contents, get_character_span, get_character_spans

MIN_SAME_CONTENT = 0.3
OPENING_MARKS = frozenset('"“„«')
CLAUSAL_RULES = frozenset(["that", "before", "around", "quote", "according"])


def classify_statements(
    doc: Doc, statements: Sequence[Statement], lexicon: DenialLexicon, kinds: ClaimTypeRules
) -> list[ClassifiedStatement]:
    """Return the statements, each with its kind, their denials marked, split off or added, in the order of the text."""
    tokens = TokenIndex(doc)
    for s in statements:
        _set_claim_type(doc, tokens, s, kinds)
    statements = [*statements, *find_comment_refusals(doc, statements, lexicon)]
    _set_polarity(doc, statements, lexicon)
    acts = find_denial_acts(doc, lexicon)
    spoken = _merge_denial_acts(doc, tokens, statements, [d for d in acts if not d.asserted])
    denied = list(find_denied_claims(doc, spoken, acts, lexicon))
    for s in denied:
        _set_claim_type(doc, tokens, s, kinds)
    spoken += denied
    asserted = [d for d in acts if d.asserted]
    predicated = [d for d in asserted if d.rule == "label"]
    classified = [j for s in spoken for j in divide_statement(doc, tokens, s, predicated, lexicon)]
    classified += find_unattributed_quotations(doc, get_stated_words(tokens, classified), predicated, lexicon)
    classified += find_unheld_labels(doc, tokens, classified, asserted)
    classified += find_author_rebuttals(doc, get_stated_words(tokens, classified), lexicon)
    classified = _mark_corrections(tokens, classified)
    stated = get_stated_words(tokens, classified)
    latent = [
        _classify_latent_claim(doc, tokens, row, kinds, stated)
        for row in (
            *find_latent_claims(doc, tokens, classified, lexicon),
            *find_nominal_claims(doc, classified, lexicon),
        )
    ]
    is_answered = any(j.statement.kind in DENIAL_TYPES for j in classified)
    classified += [row for row in latent if is_answered or not row.latent]
    said = [
        _clear_punctuation_source(doc, j)
        for j in classified
        if _has_letter_or_digit(doc, j.statement.content)
    ]
    return _assign_parents(_remove_duplicates(sorted(said, key=lambda j: _get_text_position(j.statement))))


def _set_claim_type(doc: Doc, tokens: TokenIndex, statement: Statement, kinds: ClaimTypeRules) -> None:
    """Set the kind by which denials are found, the type of the claim, and whom it accuses, in place.

    Any wrongful act makes a statement likely to be denied, whether or not somebody is blamed for it.
    """
    content = [tokens.get_range(span) for span in statement.content]
    _set_accusation(statement, *classify_claim(doc, statement, content, kinds))
    statement.kind = kinds.by_attitude.get(statement.attitude, "statement")
    if statement.kind == "statement" and has_deed(doc, content, kinds.words):
        statement.kind = "accusation"


def _set_accusation(statement: Statement, claim_type: ClaimType, accusation: Accusation | None) -> None:
    """Set the type of a claim and the tokens of its accused and victims in place."""
    statement.claim_type = claim_type
    if accusation is not None:
        statement.accused = tuple(t.i for t in accusation.accused)
        statement.charges = tuple(t.i for t in accusation.charges)
        statement.victims = tuple(t.i for t in accusation.victims)


def _classify_latent_claim(
    doc: Doc, tokens: TokenIndex, row: ClassifiedStatement, kinds: ClaimTypeRules, stated: Collection[int]
) -> ClassifiedStatement:
    """Return a latent claim with its type; an accusation is a row even if nobody answers it.

    An act must have a victim, or be named by a noun and blamed on one (not *Orlandish* of *Orlandish airstrikes*):
    *failed* or *lied* in the author's own voice is mostly no accusation. ``stated`` are the tokens of other
    statements, whose acts are reported already.
    """
    if row.statement.kind != "statement":
        return row
    content = [tokens.get_range(span) for span in row.statement.content]
    claim_type, accusation = classify_claim(doc, row.statement, content, kinds)
    if accusation is None or any(t.i in stated for t in accusation.acts) or _is_quotation(doc, row.statement):
        return row
    _set_accusation(row.statement, claim_type, accusation)
    noun_acts = any(not t.tag_.startswith("VB") for t in accusation.acts)
    named_by_noun = any(t.tag_.startswith("NN") for t in accusation.accused)
    return replace(row, latent=not (accusation.victims or (noun_acts and named_by_noun)))


def _is_quotation(doc: Doc, statement: Statement) -> bool:
    """Return True if a sentence begins inside quotation marks: its speaker is lost, it is not the author's."""
    first = doc.text[statement.content[0][0]]
    return first in OPENING_MARKS


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


def find_denial_acts(doc: Doc, lexicon: DenialLexicon) -> list[DenialAct]:
    """Return the denials that a document's words make, in order, one a cue."""
    words = [t for t in doc if t.lower_ in lexicon.triggers]
    finders = (
        find_labelling_verbs,
        find_denying_verbs,
        find_denying_nouns,
        find_predicate_labels,
        find_attributive_labels,
        find_label_nouns,
        find_lying_verbs,
        find_label_fragments,
    )
    found = [act for finder in finders for act in finder(words, lexicon)]
    first: dict[int, DenialAct] = {}
    for act in found:
        first.setdefault(act.cue.i, act)
    return sorted(first.values(), key=lambda d: d.cue.i)


def _set_polarity(doc: Doc, statements: Sequence[Statement], lexicon: DenialLexicon) -> None:
    """Mark the statements whose source declines to comment, or does not deny."""
    said = {kind: lexicon.find_pattern_spans(kind, doc) for kind in ("no_comment", "neither", "not_denied")}

    def cued(kind: str, cue: Span) -> bool:
        # The places do not overlap: the last that begins before the cue ends is the last that can reach it.
        last = bisect_left(said[kind], (cue[1], 0)) - 1
        return last >= 0 and said[kind][last][1] > cue[0]

    for s in statements:
        if s.cue is not None:
            s.no_comment = cued("no_comment", s.cue)
            s.polarity = (
                "neither" if cued("neither", s.cue) else "not_denied" if cued("not_denied", s.cue) else None
            )


def _merge_denial_acts(
    doc: Doc, tokens: TokenIndex, statements: Sequence[Statement], acts: Sequence[DenialAct]
) -> list[Statement]:
    """Return the statements, those whose cue denies marked, and the denial acts that none of them contains."""
    rows = list(statements)
    by_cue: dict[int | None, Statement] = {}
    for s in rows:
        by_cue.setdefault(s.cue_token, s)
    for act in acts:
        own = by_cue.get(act.cue.i)
        content = get_character_spans(doc, [act.content])
        if own is None:
            rows.append(make_denial_statement(doc, act, content))
            by_cue[act.cue.i] = rows[-1]
            continue
        own.kind = act.kind
        if act.source is not None and (own.source is None or find_reporting_verb(act.cue) is not None):
            named = make_denial_statement(doc, act, content)
            own.source, own.source_token, own.source_type = (
                named.source,
                named.source_token,
                named.source_type,
            )
        if compute_jaccard(tokens.get_words(own.content), tokens.get_words(content)) < MIN_SAME_CONTENT:
            own.content = content
    holders = _index_denials_by_token(tokens, rows)
    return [_reassign_denied_claim(doc, tokens, s, holders) for s in rows if s.content]


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
    rows = list(classified)
    contents = [j.statement.content for j in rows]
    sizes = [sum(b - a for a, b in content) for content in contents]
    places = [j.statement.cue or j.statement.content[0] for j in rows]
    for i, holders in enumerate(find_containing_contents(places, contents)):
        around = [(sizes[k], k) for k in holders if sizes[i] < sizes[k]]
        rows[i].statement.parent = min(around)[1] if around else None
    return rows
