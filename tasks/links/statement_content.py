"""The content of a statement as linking sees it: its words, whether it has a verb, and whether it refers back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tasks.denials.claim_nouns import CLAIM_PRONOUNS, has_content_clause
from tasks.denials.denial_lexicon import DenialLexicon
from tasks.document.doc import Token
from tasks.document.function_words import NEGATIONS
from tasks.document.records import Statement
from tasks.links.link_context import LinkContext

MAX_SHORT_STEMS = 2


@dataclass(frozen=True, slots=True)
class StatementContent:
    """What linking uses of the content of one statement."""

    indices: Sequence[int]
    """its tokens, in order"""
    words: Mapping[str, float]
    """weight of each stem in the document"""
    refers_back: bool
    """it refers to what was said: *these claims*, *this*"""
    is_phrase: bool
    """it has no verb: *the unrest*"""
    names_only: bool
    """it consists of names: *accused the minister*"""
    is_negated: bool
    is_short: bool
    """it has so few words that it depends on what was said before: *She had not*"""
    has_figure: bool
    """it has a number, or a noun that refers to one: *the toll*"""


def read_statement_content(s: Statement, context: LinkContext) -> StatementContent:
    """Return the content of a statement."""
    indices = _list_content_indices(s, context)
    tokens = [context.doc.tokens[i] for i in indices]
    forms, tags = {t.lower_ for t in tokens}, {t.tag_ for t in tokens}
    stems = [stem for i in indices if (stem := context.stems[i])]
    is_phrase = not any(tag.startswith("VB") for tag in tags)
    return StatementContent(
        indices=indices,
        words={stem: context.weights[stem] for stem in stems},
        refers_back=not stems or _is_back_reference(tokens, context.lexicon),
        is_phrase=is_phrase,
        names_only=is_phrase and _is_names_only(tokens, context),
        is_negated=not NEGATIONS.isdisjoint(forms) or "neg" in {t.dep_ for t in tokens},
        is_short=len(stems) <= MAX_SHORT_STEMS,
        has_figure="CD" in tags or not context.lexicon.figure_nouns.isdisjoint(forms),
    )


def _list_content_indices(s: Statement, context: LinkContext) -> list[int]:
    """Return the tokens of a content, in order."""
    if len(s.content) == 1:
        return [*range(*context.tokens.get_range(s.content[0]))]
    return sorted(i for span in s.content for i in range(*context.tokens.get_range(span)))


def _is_names_only(content: Sequence[Token], context: LinkContext) -> bool:
    """Return True if every head of a content without a verb is part of a name."""
    inside = {t.i for t in content}
    heads = [t.i for t in content if t.head.i not in inside and context.stems[t.i]]
    called = {t.head.i for t in content if t.dep_ == "appos" and t.i in context.names}
    return all(i in context.names or i in called for i in heads)


def _is_back_reference(content: Sequence[Token], lexicon: DenialLexicon) -> bool:
    """Return True if the head, subject or object of a content refers to what was said: *this*, *the allegations*."""
    inside = {t.i for t in content}
    heads = [t for t in content if t.head.i not in inside or t.head is t]
    parts = [k for h in heads for k in h.children if k.i in inside]
    subjects = [k for k in parts if k.dep_ in ("nsubj", "nsubjpass")]
    # "That" in "I never said that" refers back; "them" in "planting them" does not need to.
    objects = [k for k in parts if k.dep_ == "dobj" and k.tag_ == "DT"]
    return any(_is_anaphoric(token, lexicon) for token in [*heads, *subjects, *objects])


def _is_anaphoric(token: Token, lexicon: DenialLexicon) -> bool:
    """Return True if a noun or pronoun refers to what was said before."""
    if token.lower_ in CLAIM_PRONOUNS and token.tag_ in ("DT", "PRP", "NN"):
        return True
    determiners = {k.lower_ for k in token.children if k.dep_ in ("det", "predet", "amod")}
    if token.lower_ in lexicon.topic_nouns and determiners & {"the", "this", "that"}:
        return True
    if determiners & {"this", "that", "these", "those", "such"}:
        return True
    return token.lower_ in lexicon.claim_nouns and not has_content_clause(token)
