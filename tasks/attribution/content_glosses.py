"""The end of a content: what the author adds after a comma is no part of it.

*She would close the bridge, which was built in 1901*; *prices would rise, though few agree*. A clause that restricts
(*the bridge which was built in 1901*) has no comma and stays.
"""

from collections.abc import Sequence

from tasks.attribution.quoting.quotations import QUOTATION_MARKS
from tasks.document.doc import Doc, Token
from tasks.document.function_words import CONTRAST_CONJUNCTIONS
from tasks.document.token_ranges import TokenRange

# fmt: off
TRIMMED_FRAMES = frozenset([
    "that", "inf", "ing", "small", "for", "of", "as", "about", "with", "to", "against",
])
"""The frames whose content is cut; in the others annotators keep what follows as often as not."""
# fmt: on
RELATIVE_PRONOUNS = frozenset(["which", "who", "whose", "where", "whom"])
GLOSS_CONJUNCTIONS = CONTRAST_CONJUNCTIONS | {"as", "even"}
GLOSS_MARKS = frozenset([",", "–", "—", "--"])
APPOSED_RELATIONS = frozenset(["appos", "dep", "npadvmod"])
"""relations that the parser gives to a noun after a comma that names what was said: *a charge*, *something*"""
MIN_CONTENT_TOKENS = 3
"""tokens at the beginning of a content that are never cut"""


def remove_gloss(
    doc: Doc, frame: str, content: Sequence[TokenRange], *, is_grave: bool = False
) -> list[TokenRange]:
    """Return the content without a clause or apposition that a comma adds at its end.

    What is accused, condemned or denied (``is_grave``) is left whole but for what another says of it: *accused him of
    theft, which he denies*.
    """
    *before, (start, end) = content
    if frame not in TRIMMED_FRAMES and not (is_grave and frame == "np"):
        return list(content)
    # What is in quotation marks was said: a clause that holds a quotation is no remark of the author, but may be what
    # another says of the content.
    quoted = max((t.i for t in doc.tokens[start:end] if t.text in QUOTATION_MARKS), default=-1)
    commas = [t.i for t in doc.tokens[start + MIN_CONTENT_TOKENS : max(end - 1, 0)] if t.text in GLOSS_MARKS]
    cuts = [i for i in commas if _is_gloss_to_end(doc, i, end, only_answers=is_grave or i <= quoted)]
    return [*before, (start, min([end, *cuts]))]


def _is_gloss_to_end(doc: Doc, comma: int, end: int, *, only_answers: bool) -> bool:
    """Return True if what follows a comma, to the end of the content at least, comments on what precedes it.

    With ``only_answers`` it is what another says of it.
    """
    first = doc[comma + 1]
    to_end = (head for head in _get_ancestors(first) if head.right_edge.i + 1 >= end)
    return any(_is_answer(head, first) or (not only_answers and _is_gloss(head, first)) for head in to_end)


def _is_answer(head: Token, first: Token) -> bool:
    """Return True if somebody else speaks of a content: *which the firm denies*, *a charge the firm rejects*."""
    if head.dep_ in ("relcl", "advcl", "ccomp") and first.lower_ == "which":
        clauses = [head] if any(k.i == first.i and k.dep_ == "dobj" for k in head.lefts) else []
    else:
        clauses = [k for k in head.rights if k.dep_ in ("relcl", "acl") and head.dep_ in APPOSED_RELATIONS]
    subjects = (k for clause in clauses for k in clause.lefts if k.dep_ == "nsubj" and k.i > first.i)
    return any(not k.tag_.startswith("W") for k in subjects)


def _get_ancestors(token: Token) -> list[Token]:
    """Return the token and its ancestors, as far as it is the first token of each."""
    found = [token]
    while found[-1].head is not found[-1] and found[-1].head.left_edge is token:
        found.append(found[-1].head)
    return found


def _is_gloss(head: Token, first: Token) -> bool:
    """Return True for a non-restrictive relative clause, an apposition, or a clause that contrasts."""
    if head.dep_ == "relcl":
        return any(k.lower_ in RELATIVE_PRONOUNS for k in head.subtree if k.i < head.i)
    return head.dep_ == "appos" or (head.dep_ == "advcl" and first.lower_ in GLOSS_CONJUNCTIONS)
