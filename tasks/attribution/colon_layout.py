"""Statements by layout: what follows a speaker and a colon in headlines and transcripts."""

from collections.abc import Collection, Iterator

from tasks.attribution.candidates import StatementCandidate
from tasks.attribution.quotations import QUOTATION_MARKS
from tasks.document.doc import Doc, TokenSpan

MAX_SPEAKER_TOKENS = 8
SPEAKER_TAGS = frozenset(["NNP", "NNPS", "NN", "NNS", "POS", "IN", "JJ", "DT", "HYPH", "CD", ","])
SPEAKING_DOCUMENTS = frozenset(
    ["poll", "polls", "report", "reports", "study", "survey", "analysis", "review", "court", "police"]
)


def find_colon_candidates(doc: Doc, taken: Collection[int]) -> Iterator[StatementCandidate]:
    """Yield the statements of headlines and transcripts: *Poll: voters undecided*, *SMITH: I disagree*."""
    for start, end in doc.paragraphs:
        first = doc.tokens[start + 1 : min(start + MAX_SPEAKER_TOKENS, end)]
        colon = next((token.i for token in first if token.text == ":"), None)
        if colon is None or colon + 2 >= end or any(start <= i < colon for i in taken):
            continue
        speaker = doc[start:colon]
        if all(t.tag_ in SPEAKER_TAGS or t.is_upper for t in speaker) and (
            _is_speaker_name(speaker) or doc[colon + 1].text in QUOTATION_MARKS
        ):
            yield StatementCandidate(doc[colon], None, doc[colon - 1], ((colon + 1, end),), "colon")


def _is_speaker_name(speaker: TokenSpan) -> bool:
    """Tell whether what stands before a colon names who speaks: a name, or a document that speaks."""
    return (
        speaker[-1].tag_ in ("NNP", "NNPS")
        or speaker.text.isupper()
        or speaker[-1].lower_ in SPEAKING_DOCUMENTS
    )
