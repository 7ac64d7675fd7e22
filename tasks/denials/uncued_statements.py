"""Statements without a reporting cue: the author's labels and rebuttals, bare quotations, claims that denials name."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from tasks.attribution.frames.noun_frames import is_after_aside
from tasks.attribution.quoting.quotations import find_quotations, is_quoted_speech
from tasks.attribution.source_phrases import find_noun_source, find_subject, get_source_phrase
from tasks.denials.claim_nouns import find_claimant, find_claimed_clause
from tasks.denials.classified_statements import (
    DENIAL_TYPES,
    ClassifiedStatement,
    TokenIndex,
    get_stated_words,
    get_statement_words,
    is_passing_on,
    split_by_sentence,
)
from tasks.denials.denial_acts import DenialAct
from tasks.denials.denial_lexicon import UNCONDITIONAL_NOUN_LABEL, DenialLexicon
from tasks.denials.denial_statements import make_denial_statement
from tasks.denials.stances import (
    find_correcting_part,
    find_stance,
    has_label,
    has_unsound_claim,
    may_have_stance,
)
from tasks.document.doc import Doc, Token
from tasks.document.records import DenialType, Statement
from tasks.document.token_ranges import TokenRange, get_character_span, get_character_spans, get_subtree_range

MAX_ELLIPSIS_WORDS = 4
MIN_LATENT_WORDS = 4
MAX_CLAUSE_DISTANCE = 15
FINITE_TAGS = frozenset(["VBD", "VBZ", "VBP", "MD"])
FRAMED_RELATIONS = frozenset(["relcl", "pcomp", "ccomp", "xcomp", "acl", "pobj", "dobj"])
"""relations of a clause to one that only introduces it: *gave a speech in which*"""
JOINING_TAGS = frozenset(["CC", "IN", "TO"])
CLAUSE_STOPS = frozenset([";", ":", "(", ")", "–", "—", "--", ".", "“", "”", '"'])


def find_denied_claims(
    doc: Doc, statements: Sequence[Statement], acts: Sequence[DenialAct], lexicon: DenialLexicon
) -> Iterator[Statement]:
    """Yield the claims that denials name and no cue made: *rejected accusations by the union that he lied*."""
    cues = {s.cue_token for s in statements}
    for act in acts:
        for noun in doc[act.content[0] : act.content[1]]:
            names = noun.lower_ in lexicon.claim_nouns or lexicon.find_label(noun) == UNCONDITIONAL_NOUN_LABEL
            clause = (
                find_claimed_clause(noun)
                if names and noun.tag_.startswith("NN") and noun.i not in cues
                else None
            )
            if clause is None:
                continue
            who = (
                find_claimant(noun)
                or _find_spreader(noun, lexicon)
                or (find_noun_source(noun, lexicon.reporting_words) if act.asserted else None)
            )
            yield replace(
                _make_nominal_claim(doc, noun, who, clause),
                rule="denied-claim",
                confidence=0.7,
                attitude="accusation",
                kind="statement",
            )


def _find_spreader(noun: Token, lexicon: DenialLexicon) -> Token | None:
    """Return who spreads what a noun calls false: *the firm is spreading lies that*."""
    is_spread = noun.dep_ == "dobj" and noun.head.lower_ in lexicon.word_classes["spreading"]
    return find_subject(noun.head, lexicon.reporting_words) if is_spread else None


def find_unheld_labels(
    doc: Doc,
    tokens: TokenIndex,
    classified: Sequence[ClassifiedStatement],
    asserted: Sequence[DenialAct],
    lexicon: DenialLexicon,
) -> Iterator[ClassifiedStatement]:
    """Yield the labels that no denial contains: the author's, and those on a claim inside a statement."""
    holders: dict[int, list[Statement]] = defaultdict(list)
    cues = {label.cue.i for label in asserted}
    for statement in [c.statement for c in classified if not is_passing_on(doc, c.statement, lexicon)]:
        for i in tokens.get_words(statement.content) & cues:
            holders[i].append(statement)
    for label in asserted:
        content = get_character_spans(doc, [label.content])
        around = holders[label.cue.i]
        if any(s.kind in DENIAL_TYPES for s in around) or not content:
            continue
        row = make_denial_statement(doc, label, content)
        if around:
            inner = min(around, key=lambda s: sum(b - a for a, b in s.content))
            row = replace(
                row, source=inner.source, source_token=inner.source_token, source_type=inner.source_type
            )
        for i in tokens.get_words(row.content) & cues:
            holders[i].append(row)
        yield ClassifiedStatement(row, fallback=None)


def find_unattributed_quotations(
    doc: Doc, heard: set[int], labels: Sequence[DenialAct], lexicon: DenialLexicon
) -> Iterator[ClassifiedStatement]:
    """Yield the quotations that deny and that no statement contains."""
    for quotation in find_quotations(doc, lexicon.reporting_words):
        words = [t.i for t in doc.tokens[slice(*quotation.range)] if t.word.is_alpha]
        if (
            not words
            or not is_quoted_speech(doc, quotation)
            or 2 * sum(i in heard for i in words) > len(words)
            or words[0] in heard
        ):
            continue
        stances = [
            s
            for piece in split_by_sentence(doc, quotation.range)
            if (s := find_stance(doc, piece, labels, lexicon))
        ]
        if stances:
            first = stances[0]
            content = get_character_spans(doc, [quotation.range])
            row = Statement(
                source=None,
                cue=None,
                content=content,
                rule="bare-quotation",
                confidence=0.4,
                source_type="unnamed",
                manner="direct",
                kind=first.kind,
            )
            yield ClassifiedStatement(row, tentative=not first.certain, fallback="statement")


def find_author_rebuttals(doc: Doc, heard: set[int], lexicon: DenialLexicon) -> Iterator[ClassifiedStatement]:
    """Yield the sentences of the author that rebut: *In fact, ...*; *It didn't.*; *There is no evidence that*."""
    for sentence in doc.body_sents:
        whole = sentence.start, sentence.end
        words = [t.i for t in sentence if t.word.is_alpha or t.tag_ == "RB"]
        if not words or words[0] in heard:
            continue
        sets_right = lexicon.has_pattern("rebuttal", doc, whole)
        lacks = lexicon.has_pattern("lack_of_knowledge", doc, whole)
        if not (
            sets_right or lacks or len(words) <= MAX_ELLIPSIS_WORDS or has_unsound_claim(doc, whole, lexicon)
        ):
            continue
        if sentence.root.i in heard or not (sets_right or heard.isdisjoint(words)):
            continue
        stance = find_stance(doc, whole, (), lexicon)
        kind: DenialType | None = stance.kind if stance is not None else "counter" if sets_right else None
        if kind is not None:
            content = get_character_spans(doc, [find_correcting_part(doc, whole, lexicon)])
            row = Statement(None, None, content, "author", 0.4, source_type="author", kind=kind)
            yield ClassifiedStatement(row, tentative=stance is None or not stance.certain, fallback=None)


def find_latent_claims(
    doc: Doc,
    tokens: TokenIndex,
    classified: Sequence[ClassifiedStatement],
    labels: Sequence[DenialAct],
    lexicon: DenialLexicon,
) -> Iterator[ClassifiedStatement]:
    """Yield the sentences of the author outside statements: a denial may answer one, or it may be one.

    ``labels`` are those that deny only if there is a claim for them to answer.
    """
    held = get_stated_words(tokens, classified)
    denials = {
        i
        for j in classified
        if (row := j.statement).kind in DENIAL_TYPES
        for i in get_statement_words(tokens, row) | tokens.get_words([row.source] if row.source else [])
    }
    for sentence in doc.body_sents:
        for piece in _find_undenied_part(doc, (sentence.start, sentence.end), denials):
            words = tokens.word_indices.intersection(range(*piece))
            if len(words) < MIN_LATENT_WORDS or 2 * len(words & held) > len(words):
                continue
            row = Statement(
                None, None, get_character_spans(doc, [piece]), "answered", 0.3, source_type="author"
            )
            whole = piece == (sentence.start, sentence.end)
            may_deny = whole and (has_label(labels, piece) or may_have_stance(doc, piece, lexicon))
            stance = find_stance(doc, piece, labels, lexicon) if may_deny else None
            if stance is None:
                yield ClassifiedStatement(row, latent=True)
            else:
                yield ClassifiedStatement(
                    replace(row, kind=stance.kind), not stance.certain, "statement", latent=True
                )


def _find_undenied_part(doc: Doc, sentence: TokenRange, denials: Collection[int]) -> Iterator[TokenRange]:
    """Yield a sentence; of one that contains a denial, the part before the denial if it has a finite verb."""
    here = [i for i in range(*sentence) if i in denials]
    if not here:
        yield sentence
        return
    before = here[0]
    while before > sentence[0] and (doc[before - 1].tag_ in JOINING_TAGS or doc[before - 1].is_punct):
        before -= 1
    if before > sentence[0] and doc[before - 1].lower_ == "what":
        # *Rejected what | she called lies*.
        return
    finite = any(doc[i].tag_ in FINITE_TAGS for i in range(sentence[0], before))
    frames = any(doc[i].dep_ in FRAMED_RELATIONS and sentence[0] <= doc[i].head.i < before for i in here)
    if finite and not frames:
        yield sentence[0], before


def find_nominal_claims(
    doc: Doc, classified: Sequence[ClassifiedStatement], lexicon: DenialLexicon
) -> Iterator[ClassifiedStatement]:
    """Yield the claims that a noun names and no cue made: *complaints by the union that*, *rumours of a split*."""
    cues = {j.statement.cue_token for j in classified}
    for noun in doc:
        if noun.lower_ not in lexicon.claim_nouns or not noun.tag_.startswith("NN") or noun.i in cues:
            continue
        if noun.head.lower_ == "in" and noun.left_edge.i == noun.i:
            # *The agents in charge of the port*.
            continue
        content = _find_noun_complement(noun, lexicon)
        if content is None:
            continue
        yield ClassifiedStatement(_make_nominal_claim(doc, noun, find_claimant(noun), content), latent=True)


def _make_nominal_claim(doc: Doc, noun: Token, who: Token | None, content: TokenRange) -> Statement:
    """Return the claim that a noun names, with the source that ``who`` heads."""
    source = get_character_span(doc, get_source_phrase(doc, who, noun)) if who is not None else None
    return Statement(
        source=source,
        cue=get_character_span(doc, (noun.i, noun.i + 1)),
        content=get_character_spans(doc, [content]),
        rule="nominal",
        confidence=0.3,
        cue_lemma=noun.lower_,
        cue_token=noun.i,
        source_token=who.i if who is not None else None,
        source_type="named" if who is not None else "unnamed",
    )


def _find_noun_complement(noun: Token, lexicon: DenialLexicon) -> TokenRange | None:
    """Return what a noun's *that* clause or its phrase with *of* or *about* says, or None.

    The parser often attaches the clause to another word, so it is found by its position before any finite verb.
    """
    tokens, end = noun.doc.tokens, noun.sent.end
    for i in range(noun.i + 1, min(noun.i + MAX_CLAUSE_DISTANCE, end)):
        if tokens[i].tag_ in FINITE_TAGS or tokens[i].text in CLAUSE_STOPS:
            break
        if tokens[i].lower_ == "that" and tokens[i].tag_ == "IN":
            if is_after_aside(noun, i):
                return None
            stop = next((j for j in range(i + 1, end) if tokens[j].text in CLAUSE_STOPS), end)
            return (i, stop) if any(tokens[j].tag_ in FINITE_TAGS for j in range(i + 1, stop)) else None
    for child in noun.rights if lexicon.claim_nouns[noun.lower_] == "" else ():
        inner = next((k for k in child.children if k.dep_ in ("pobj", "pcomp")), None)
        if child.dep_ == "prep" and child.lower_ in ("of", "about") and inner is not None:
            return get_subtree_range(inner)
    return None
