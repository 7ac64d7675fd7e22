"""Which statements are denials: what their words say, and what they assert against a claim.

Statements whose words deny (*denied*, *called it a lie*) are denials by themselves. Those that assert a
negation or an alternative, or that plead ignorance, are only *tentative*: the linker keeps them as denials
where there is a claim for them to answer.
"""

import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

from spacy.tokens import Doc

from tasks.extract.denial_knowledge import Knowledge
from tasks.extract.disputes import Dispute, claimed, find_disputes
from tasks.extract.kinds import Kinds, claim_type
from tasks.extract.quotes import find_quotations, is_speech, paragraph_ranges
from tasks.extract.sources import PRONOUNS, noun_phrase, source_of_noun, subject_of
from tasks.extract.spans import Range, character_span, characters
from tasks.extract.stance import Stance, find_stance
from tasks.records import ClaimType, DenialType, Span, Statement

SAME = 0.3
MOST = 0.4
ELLIPSIS = 4
SHORTEST = 4
DENIALS: frozenset[str] = frozenset(
    ["explicit", "negated_assertion", "lack_of_knowledge", "labelling", "counter"]
)


@dataclass(frozen=True, slots=True)
class Judged:
    """A statement, and whether it is a denial only if it answers a claim; ``fallback`` is what it is otherwise."""

    statement: Statement
    tentative: bool = False
    fallback: ClaimType | None = None
    """what a tentative denial is otherwise; None: then the row goes"""
    latent: bool = False
    """something the text itself says, which becomes a claim only if a denial answers it"""


class Tokens:
    """From characters to the tokens of one document."""

    def __init__(self, doc: Doc) -> None:
        """Note where the tokens start."""
        self.doc = doc
        self.starts = [t.idx for t in doc]

    def range(self, span: Span) -> Range:
        """Return the tokens that a span touches."""
        return max(bisect.bisect_right(self.starts, span[0]) - 1, 0), bisect.bisect_left(self.starts, span[1])

    def words(self, spans: Sequence[Span]) -> set[int]:
        """Return the indices of the words that the spans touch."""
        return {
            i
            for span in spans
            for i in range(*self.range(span))
            if self.doc[i].is_alpha or self.doc[i].like_num
        }


def find_denials(
    doc: Doc, statements: Sequence[Statement], knowledge: Knowledge, kinds: Kinds
) -> list[Judged]:
    """Return the statements, each with its kind, their denials marked, split off or added, in the order of the text."""
    tokens = Tokens(doc)
    statements = [typed(doc, tokens, s, kinds) for s in statements]
    statements += silences(doc, statements, knowledge)
    for statement in statements:
        leave_open(doc, tokens, statement, knowledge)
    disputes = find_disputes(doc, knowledge)
    spoken = with_acts(doc, tokens, statements, [d for d in disputes if not d.asserted])
    spoken += named_claims(doc, spoken, disputes, knowledge)
    asserted = [d for d in disputes if d.asserted]
    predicated = [d for d in asserted if d.rule == "label"]
    judged = [j for s in spoken for j in divided(doc, tokens, s, predicated, knowledge)]
    judged += unattributed_quotations(doc, heard_in(tokens, judged), predicated, knowledge)
    judged += labelled(doc, tokens, judged, asserted)
    judged += author_rebuttals(doc, heard_in(tokens, judged), knowledge)
    if any(j.statement.kind in DENIALS for j in judged):
        judged += latent_claims(doc, tokens, judged)
    return nested(sorted(judged, key=lambda j: position(j.statement)))


def heard_in(tokens: Tokens, judged: Sequence[Judged]) -> set[int]:
    """Return the words that some statement holds."""
    return {i for j in judged for i in tokens.words(j.statement.content)}


def typed(doc: Doc, tokens: Tokens, statement: Statement, kinds: Kinds) -> Statement:
    """Return a statement with the kind of claim that it is."""
    content = [tokens.range(span) for span in statement.content]
    return replace(statement, kind=claim_type(doc, statement, content, kinds), parent=None)


def silences(doc: Doc, statements: Sequence[Statement], knowledge: Knowledge) -> Iterator[Statement]:
    """Yield the refusals to comment that no cue made: *could not be reached*, *made no comment*."""
    cues = [s.cue for s in statements if s.cue is not None]
    for start, end in knowledge.spans("no_comment", doc.text):
        found = doc.char_span(start, end, alignment_mode="expand")
        assert found is not None
        verb = next((t for t in found if t.tag_.startswith("VB") and subject_of(t) is not None), None)
        source = subject_of(verb) if verb is not None else None
        if verb is None or source is None or any(a < end and start < b for a, b in cues):
            continue
        yield Statement(
            source=character_span(doc, noun_phrase(doc, source, verb)),
            cue=character_span(doc, (verb.i, verb.i + 1)),
            content=characters(doc, [(found.start, found.end)]),
            rule="no-comment",
            confidence=0.7,
            cue_lemma=verb.lower_,
            attitude="refusal",
            cue_token=verb.i,
            source_token=source.i,
            source_type="pronoun" if source.lower_ in PRONOUNS else "named",
        )


def leave_open(doc: Doc, tokens: Tokens, statement: Statement, knowledge: Knowledge) -> None:
    """Note where a source declines to comment, or does not deny."""
    if statement.cue is None:
        return
    sentence = doc[tokens.range(statement.cue)[0]].sent
    here = (statement.cue[0] - sentence.start_char, statement.cue[1] - sentence.start_char)

    def cued(kind: str) -> bool:
        return any(a < here[1] and here[0] < b for a, b in knowledge.spans(kind, sentence.text))

    statement.no_comment = cued("no_comment")
    statement.polarity = "neither" if cued("neither") else "not_denied" if cued("not_denied") else None


def with_acts(
    doc: Doc, tokens: Tokens, statements: Sequence[Statement], acts: Sequence[Dispute]
) -> list[Statement]:
    """Return the statements, those whose cue denies marked, and the acts of denying that none of them holds."""
    rows = list(statements)
    for act in acts:
        own = next((s for s in rows if s.cue_token == act.cue.i), None)
        content = characters(doc, [act.content])
        if own is None:
            rows.append(stated(doc, act, content))
            continue
        own.kind = act.kind
        if jaccard(tokens.words(own.content), tokens.words(content)) < SAME:
            own.content = content
    denials = [s for s in rows if s.kind in DENIALS]
    return [disowned(s, denials) for s in rows if s.content]


def named_claims(
    doc: Doc, statements: Sequence[Statement], disputes: Sequence[Dispute], knowledge: Knowledge
) -> Iterator[Statement]:
    """Yield the claims that denials name and no cue made: *rejected accusations by the union that he lied*."""
    cues = {s.cue_token for s in statements}
    for dispute in disputes:
        for noun in doc[dispute.content[0] : dispute.content[1]]:
            names = noun.lower_ in knowledge.claim_nouns or knowledge.label(noun) == ("noun", "")
            clause = claimed(noun) if names and noun.tag_.startswith("NN") and noun.i not in cues else None
            if clause is None:
                continue
            head = source_of_noun(noun)
            inside = head is not None and (
                dispute.content[0] <= head.i < dispute.content[1] or dispute.asserted
            )
            who = head if inside and head is not None and head.i != noun.i else None
            yield Statement(
                source=character_span(doc, noun_phrase(doc, who, noun)) if who is not None else None,
                cue=character_span(doc, (noun.i, noun.i + 1)),
                content=characters(doc, [clause]),
                rule="denied-claim",
                confidence=0.7,
                cue_lemma=noun.lower_,
                attitude="accusation",
                cue_token=noun.i,
                source_token=who.i if who is not None else None,
                source_type="named" if who is not None else "unnamed",
                kind="statement",
            )


def disowned(statement: Statement, denials: Sequence[Statement]) -> Statement:
    """Return a claim that a denial names with its own source: the denier does not make the claim he denies."""
    cue = statement.cue
    if cue is None or statement.source is None or statement.kind in DENIALS:
        return statement
    for denial in denials:
        named = any(a <= cue[0] and cue[1] <= b for a, b in denial.content)
        if named and statement.source == denial.source and statement.cue_token is not None:
            return replace(statement, source=None, source_token=None, source_type="unnamed")
    return statement


def stated(doc: Doc, dispute: Dispute, content: tuple[Span, ...]) -> Statement:
    """Return the statement of a dispute that no cue of the lexicon made."""
    head = dispute.source
    return Statement(
        source=character_span(doc, noun_phrase(doc, head, dispute.cue)) if head is not None else None,
        cue=character_span(doc, (dispute.cue.i, dispute.cue.i + 1)),
        content=content,
        rule=dispute.rule,
        confidence=0.7,
        cue_lemma=dispute.cue.lower_,
        cue_token=dispute.cue.i,
        source_token=head.i if head is not None else None,
        source_type="author" if head is None else "pronoun" if head.lower_ in PRONOUNS else "named",
        kind=dispute.kind,
    )


def divided(
    doc: Doc, tokens: Tokens, statement: Statement, labels: Sequence[Dispute], knowledge: Knowledge
) -> Iterator[Judged]:
    """Yield a statement, or its denials and the rest of it, so that each row is a claim or a denial."""
    if statement.kind in DENIALS or presupposes(doc, statement):
        yield Judged(statement)
        return
    rest: list[Range] = []
    denials: list[tuple[Stance, list[Range]]] = []
    for utterance in utterances(doc, [tokens.range(span) for span in statement.content]):
        stances = [s for piece in utterance if (s := find_stance(doc, piece, labels, knowledge)) is not None]
        if not stances:
            rest += utterance
            continue
        insists = knowledge.cues.get(statement.cue_lemma) == "insisting"
        denying = sum(s.piece[1] - s.piece[0] for s in stances)
        total = sum(b - a for a, b in utterance)
        first = min(stances, key=lambda s: (not s.certain, s.piece))
        if insists or denying >= MOST * total:
            denials.append((first, utterance))
        else:
            held = [s.piece for s in stances]
            denials.append((first, held))
            rest += [piece for piece in utterance if not any(crosses(piece, part) for part in held)]
    for stance, pieces in denials:
        row = replace(statement, content=joined(doc, pieces), kind=stance.kind)
        yield Judged(row, tentative=not stance.certain, fallback=cast(ClaimType, statement.kind))
    if rest:
        kept = replace(statement, content=joined(doc, rest)) if denials else statement
        if not denials and sets_right(statement, knowledge):
            yield Judged(
                replace(kept, kind="counter"), tentative=True, fallback=cast(ClaimType, statement.kind)
            )
        else:
            yield Judged(kept)


def crosses(a: Range, b: Range) -> bool:
    """Tell whether two ranges share a token."""
    return a[0] < b[1] and b[0] < a[1]


def sets_right(statement: Statement, knowledge: Knowledge) -> bool:
    """Tell whether a statement may answer a claim by another: its cue insists, and it accuses nobody."""
    clausal = statement.rule not in ("np", "inf", "to", "n-to")
    return (
        statement.kind == "statement" and clausal and knowledge.cues.get(statement.cue_lemma) == "insisting"
    )


def presupposes(doc: Doc, statement: Statement) -> bool:
    """Tell whether a statement only names what is claimed (*the claim that*), without anybody saying it there."""
    if statement.cue_token is None or statement.rule == "n-is":
        return False
    return doc[statement.cue_token].tag_.startswith(("NN", "JJ"))


def utterances(doc: Doc, ranges: Sequence[Range]) -> Iterator[list[Range]]:
    """Yield the uninterrupted stretches of a content, each as its sentences.

    A second quotation that goes on in lower case belongs to the sentence of the first.
    """
    current: list[Range] = []
    for start, end in ranges:
        first = next((doc[i] for i in range(start, end) if doc[i].is_alpha), None)
        if current and (first is None or not first.is_lower):
            yield current
            current = []
        current += sentences(doc, (start, end))
    if current:
        yield current


def sentences(doc: Doc, piece: Range) -> list[Range]:
    """Return the parts of a range by sentence."""
    parts: list[Range] = []
    start = piece[0]
    for i in range(piece[0] + 1, piece[1]):
        if doc[i].is_sent_start and i - start > 1 and not (doc[i].is_punct or doc[i].is_space):
            parts.append((start, i))
            start = i
    parts.append((start, piece[1]))
    return parts


def joined(doc: Doc, pieces: Sequence[Range]) -> tuple[Span, ...]:
    """Return the spans of the pieces, neighbours made one."""
    merged: list[Range] = []
    for start, end in sorted(pieces):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return characters(doc, merged)


def labelled(
    doc: Doc, tokens: Tokens, judged: Sequence[Judged], asserted: Sequence[Dispute]
) -> Iterator[Judged]:
    """Yield the labels that no statement holds: the author's, and those on a claim inside a statement."""
    for label in asserted:
        content = characters(doc, [label.content])
        around = [j.statement for j in judged if label.cue.i in tokens.words(j.statement.content)]
        if any(s.kind in DENIALS for s in around) or not content:
            continue
        row = stated(doc, label, content)
        if around:
            inner = min(around, key=lambda s: sum(b - a for a, b in s.content))
            row = replace(
                row, source=inner.source, source_token=inner.source_token, source_type=inner.source_type
            )
        yield Judged(row, fallback=None)


def unattributed_quotations(
    doc: Doc, heard: set[int], labels: Sequence[Dispute], knowledge: Knowledge
) -> Iterator[Judged]:
    """Yield the quotations that deny and that no statement holds."""
    for quotation in find_quotations(doc, paragraph_ranges(doc)):
        words = [i for i in range(*quotation.range) if doc[i].is_alpha]
        if (
            not words
            or not is_speech(doc, quotation)
            or 2 * sum(i in heard for i in words) > len(words)
            or words[0] in heard
        ):
            continue
        stances = [
            s
            for piece in sentences(doc, quotation.range)
            if (s := find_stance(doc, piece, labels, knowledge))
        ]
        if stances:
            first = stances[0]
            content = characters(doc, [quotation.range])
            row = Statement(
                None, None, content, "bare-quotation", 0.4, source_type="unnamed", manner="direct"
            )
            row.kind = first.kind
            yield Judged(row, tentative=not first.certain, fallback="statement")


def author_rebuttals(doc: Doc, heard: set[int], knowledge: Knowledge) -> Iterator[Judged]:
    """Yield what the text itself sets against a claim: *In fact, ...*; *It didn't.*; *There is no evidence that*."""
    for sentence in doc.sents:
        words = [t for t in sentence if t.is_alpha or t.tag_ == "RB"]
        sets_right = knowledge.matches("rebuttal", sentence.text)
        mixed = any(t.i in heard for t in words)
        if not words or words[0].i in heard or sentence.root.i in heard or (mixed and not sets_right):
            continue
        lacks = knowledge.matches("lack_of_knowledge", sentence.text)
        if not (sets_right or lacks or len(words) <= ELLIPSIS):
            continue
        stance = find_stance(doc, (sentence.start, sentence.end), (), knowledge)
        kind: DenialType | None = stance.kind if stance is not None else None
        if sets_right and kind is None:
            kind = "counter"
        if kind is not None:
            content = characters(doc, [(sentence.start, sentence.end)])
            yield Judged(
                Statement(None, None, content, "author", 0.4, source_type="author", kind=kind), True, None
            )


def latent_claims(doc: Doc, tokens: Tokens, judged: Sequence[Judged]) -> Iterator[Judged]:
    """Yield what the text itself says outside its statements: a denial may answer it."""
    held = heard_in(tokens, judged)
    denials = {i for j in judged if j.statement.kind in DENIALS for i in touched(tokens, j.statement)}
    for sentence in doc.sents:
        words = [t.i for t in sentence if t.is_alpha or t.like_num]
        if (
            len(words) < SHORTEST
            or any(i in denials for i in words)
            or 2 * sum(i in held for i in words) > len(words)
        ):
            continue
        content = characters(doc, [(sentence.start, sentence.end)])
        yield Judged(Statement(None, None, content, "answered", 0.3, source_type="author"), latent=True)


def touched(tokens: Tokens, statement: Statement) -> set[int]:
    """Return the words of a statement's cue and content."""
    return tokens.words([*statement.content, *([statement.cue] if statement.cue else [])])


def jaccard(a: set[int], b: set[int]) -> float:
    """Return the share of two sets that they have in common."""
    return len(a & b) / len(a | b) if a or b else 0.0


def position(statement: Statement) -> tuple[int, int, tuple[Span, ...]]:
    """Return where a statement stands in its text."""
    first = statement.content[0][0]
    return (
        min(first, statement.cue[0]) if statement.cue else first,
        -statement.content[-1][1],
        statement.content,
    )


def nested(judged: Sequence[Judged]) -> list[Judged]:
    """Return the statements, each with the position of the innermost one whose content holds it."""
    rows = list(judged)
    for i, j in enumerate(rows):
        spot = j.statement.cue or j.statement.content[0]
        best: tuple[int, int] | None = None
        for k, other in enumerate(rows):
            size = sum(b - a for a, b in other.statement.content)
            own = sum(b - a for a, b in j.statement.content)
            if (
                k != i
                and own < size
                and any(a <= spot[0] and spot[1] <= b for a, b in other.statement.content)
            ):
                best = min(best, (size, k)) if best else (size, k)
        j.statement.parent = best[1] if best else None
    return rows
