"""Statements by layout: what follows a speaker and a colon in headlines and transcripts."""

from collections.abc import Collection, Iterator

from tasks.attribution.candidates import Candidate
from tasks.attribution.quotations import MARKS
from tasks.document.doc import Doc, Span

SPEAKER_TOKENS = 8
NAME_TAGS = frozenset(["NNP", "NNPS", "NN", "NNS", "POS", "IN", "JJ", "DT", "HYPH", "CD", ","])
SPEAKING_DOCUMENTS = frozenset(
    ["poll", "polls", "report", "reports", "study", "survey", "analysis", "review", "court", "police"]
)


def after_colon(doc: Doc, taken: Collection[int]) -> Iterator[Candidate]:
    """Yield the statements of headlines and transcripts: *Poll: voters undecided*, *SMITH: I disagree*."""
    for start, end in doc.paragraphs:
        first = doc.tokens[start + 1 : min(start + SPEAKER_TOKENS, end)]
        colon = next((token.i for token in first if token.text == ":"), None)
        if colon is None or colon + 2 >= end or any(start <= i < colon for i in taken):
            continue
        speaker = doc[start:colon]
        if all(t.tag_ in NAME_TAGS or t.is_upper for t in speaker) and (
            names_speaker(speaker) or doc[colon + 1].text in MARKS
        ):
            yield Candidate(doc[colon], None, doc[colon - 1], ((colon + 1, end),), "colon")


def names_speaker(speaker: Span) -> bool:
    """Tell whether what stands before a colon names who speaks: a name, or a document that speaks."""
    return (
        speaker[-1].tag_ in ("NNP", "NNPS")
        or speaker.text.isupper()
        or speaker[-1].lower_ in SPEAKING_DOCUMENTS
    )
