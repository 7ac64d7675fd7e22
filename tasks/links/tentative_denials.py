"""Whether a tentative denial is one: how it is said, and whether there is a claim for it to answer."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from tasks.denials.classified_statements import Tokens, sentences
from tasks.denials.denial_lexicon import Knowledge
from tasks.denials.stances import is_negated, predicates
from tasks.document.doc import Doc
from tasks.document.token_ranges import Range
from tasks.links.statement_features import Side
from tasks.seeds import read_seed

UNIVERSAL = frozenset(["any", "anyone", "anything", "anybody", "ever", "whatsoever"])
FIRST_PERSON = frozenset(["i", "we"])
LONG = 35
LIKELY = 0.5
UNLIKELY = 0.35
ELLIPSIS = 4
ROW = 2
NEAREST = 50
"""denials before a statement that are looked at: two sentences hold fewer"""
NOT = frozenset(["not", "n't", "n’t"])
CONTRAST = frozenset(["however"])


def load_stance_weights() -> dict[str, float]:
    """Return the weight of each sign that a negative statement answers a claim."""
    return {row["evidence"]: float(row["weight"]) for row in read_seed("denials/stance.csv")}


def signs(
    doc: Doc,
    tokens: Tokens,
    side: Side,
    claims: Sequence[tuple[float, int, Mapping[str, float]]],
    knowledge: Knowledge,
) -> dict[str, float]:
    """Return what speaks for a tentative denial, by sign; ``claims`` are those that it may answer, best first."""
    s = side.statement
    pieces = [piece for span in s.content for piece in sentences(doc, tokens.range(span))]
    words = [token for a, b in pieces for token in doc.tokens[a:b] if token.word.is_alpha]
    verbs = [verb for piece in pieces for verb, _ in predicates(doc, piece) if is_negated(verb)]
    link, evidence = (claims[0][0], claims[0][2]) if claims else (0.0, {})
    found = {
        "lack_of_knowledge": s.kind == "lack_of_knowledge",
        "counter": s.kind == "counter",
        "set_right": any(knowledge.matches("rebuttal", doc, tokens.range(span)) for span in s.content),
        "accused": s.kind == "counter" and any(charged(v, found) for v, _, found in claims),
        "ellipsis": s.source_type == "author" and len(words) <= ELLIPSIS and is_elliptic(doc, pieces[-1]),
        "author": s.source_type == "author" and s.kind != "lack_of_knowledge",
        "unreported": side.latent,
        "unlinked": link < UNLIKELY,
        "bare": s.rule == "bare-quotation",
        "quotation": s.manner == "direct",
        "long": len(words) > LONG,
        "contrast": s.source is not None and any(t.lower_ in CONTRAST for t in doc[pieces[0][0]].sent),
        "universal": any(t.lower_ in UNIVERSAL for t in words),
        "never": any(k.lower_ == "never" for v in verbs for k in v.children),
        "evaluative": any(k.dep_ == "acomp" for v in verbs[:1] for k in v.children),
        "first_person": any(
            k.lower_ in FIRST_PERSON for v in verbs[:1] for k in v.children if k.dep_ == "nsubj"
        ),
        knowledge.cues.get(s.cue_lemma, ""): True,
    }
    found.pop("", None)
    return {name: float(v) for name, v in found.items() if v} | {
        name: evidence.get(name, 0.0) for name in ("overlap", "back_reference")
    }


def after_denial(side: Side, certain: Sequence[Side]) -> dict[str, float]:
    """Return the sign that a denial by its words stands just before: denials come in rows.

    ``certain`` are the denials by their words, in the order of their starts.
    """
    last = bisect_left(certain, side.start, key=lambda c: c.start)
    before = any(side.sentence - c.sentence <= ROW for c in certain[max(0, last - NEAREST) : last])
    return {"after_denial": float(before)}


def is_elliptic(doc: Doc, piece: Range) -> bool:
    """Tell whether a sentence leaves out what it negates: *She had not*."""
    said = [doc[i] for i in range(*piece) if not (doc[i].is_punct or doc[i].is_space)]
    return bool(said) and said[-1].lower_ in NOT


def charged(value: float, found: Mapping[str, float]) -> bool:
    """Tell whether a likely claim names the speaker."""
    return value >= LIKELY and "names_denier" in found


def total(found: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Return the log odds that a tentative denial is one."""
    return weights["bias"] + sum(weights[name] * value for name, value in found.items())
