"""The end of a content: what the author adds after a comma is no part of it.

*She would close the bridge, which was built in 1901*; *prices would rise, though few agree*. A clause that restricts
(*the bridge which was built in 1901*) has no comma and stays.
"""

from collections.abc import Sequence

from tasks.document.doc import Doc, Token
from tasks.document.token_ranges import TokenRange

# fmt: off
TRIMMED_FRAMES = frozenset([
    "that", "inf", "ing", "small", "for", "of", "as", "about", "with", "to", "against",
])
"""The frames whose content is cut; in the others annotators keep what follows as often as not."""
# fmt: on
RELATIVE_PRONOUNS = frozenset(["which", "who", "whose", "where", "whom"])
CONTRAST_CONJUNCTIONS = frozenset(["while", "though", "although", "whereas", "as", "even"])
MIN_CONTENT_TOKENS = 3
"""tokens at the beginning of a content that are never cut"""


def remove_gloss(doc: Doc, frame: str, content: Sequence[TokenRange]) -> list[TokenRange]:
    """Return the content without a clause or apposition that a comma adds at its end."""
    *before, (start, end) = content
    if frame not in TRIMMED_FRAMES:
        return list(content)
    commas = [t.i for t in doc.tokens[start + MIN_CONTENT_TOKENS : max(end - 1, 0)] if t.text == ","]
    cuts = [i for i in commas if _is_gloss_to_end(doc, i, end)]
    return [*before, (start, min([end, *cuts]))]


def _is_gloss_to_end(doc: Doc, comma: int, end: int) -> bool:
    """Return True if what follows a comma, to the end of the content at least, comments on what precedes it."""
    first = doc[comma + 1]
    return any(_is_gloss(head, first) and head.right_edge.i + 1 >= end for head in _get_ancestors(first))


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
    return head.dep_ == "appos" or (head.dep_ == "advcl" and first.lower_ in CONTRAST_CONJUNCTIONS)
