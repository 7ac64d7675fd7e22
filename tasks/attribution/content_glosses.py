"""Where a content ends: what the author adds behind a comma is no part of another's words.

*She would close the bridge, which was built in 1901*; *prices would rise, though few agree*. A clause that restricts
(*the bridge which was built in 1901*) has no comma and stays.
"""

from collections.abc import Sequence

from tasks.document.doc import Doc, Token
from tasks.document.token_ranges import Range

# fmt: off
GLOSSED = frozenset([
    "that", "inf", "ing", "small", "for", "of", "as", "about", "with", "to", "against",
])
"""The frames whose content is cut; in the others annotators keep what follows as often as not."""
# fmt: on
RELATIVES = frozenset(["which", "who", "whose", "where", "whom"])
CONTRASTS = frozenset(["while", "though", "although", "whereas", "as", "even"])
LEAST = 3
"""Tokens that stay at the beginning of a content."""


def without_gloss(doc: Doc, frame: str, content: Sequence[Range]) -> list[Range]:
    """Return the content without a clause or apposition that a comma adds at its end."""
    *before, (start, end) = content
    if frame not in GLOSSED:
        return list(content)
    commas = [t.i for t in doc.tokens[start + LEAST : max(end - 1, 0)] if t.text == ","]
    cuts = [i for i in commas if adds_until(doc, i, end)]
    return [*before, (start, min([end, *cuts]))]


def adds_until(doc: Doc, comma: int, end: int) -> bool:
    """Tell whether what follows a comma, to the end of the content at least, comments on what stands before it."""
    first = doc[comma + 1]
    return any(is_gloss(head, first) and head.right_edge.i + 1 >= end for head in ancestors(first))


def ancestors(token: Token) -> list[Token]:
    """Return the token and what it hangs on, as far as it is the first token of all of them."""
    found = [token]
    while found[-1].head is not found[-1] and found[-1].head.left_edge is token:
        found.append(found[-1].head)
    return found


def is_gloss(head: Token, first: Token) -> bool:
    """Tell a non-restrictive relative clause, an apposition, or a clause that contrasts."""
    if head.dep_ == "relcl":
        return any(k.lower_ in RELATIVES for k in head.subtree if k.i < head.i)
    return head.dep_ == "appos" or (head.dep_ == "advcl" and first.lower_ in CONTRASTS)
