"""The frames by name: a frame is the complement that a cue takes, and its function finds the content there.

Each function returns the ranges of the content, or None if the cue does not occur in that frame.
"""

from tasks.attribution.frames.aside_frames import (
    find_clause_around_as,
    find_clause_before,
    find_surrounding_clause,
)
from tasks.attribution.frames.clause_frames import (
    find_gerund,
    find_infinitive,
    find_passive_infinitive,
    find_that_clause,
    find_verdict,
    find_whole_clause,
)
from tasks.attribution.frames.frame_types import FrameFinder
from tasks.attribution.frames.noun_frames import (
    find_bare_noun_clause,
    find_compound_noun,
    find_copula_clause,
    find_noun_clause,
    find_noun_infinitive,
)
from tasks.attribution.frames.phrase_frames import (
    find_noun_object,
    find_small_clause,
    make_prepositional_frame,
)

FRAMES: dict[str, FrameFinder] = {
    "that": find_that_clause,
    "before": find_clause_before,
    "around": find_surrounding_clause,
    "as-aside": find_clause_around_as,
    "inf": find_infinitive,
    "pass-inf": find_passive_infinitive,
    "clause": find_whole_clause,
    "verdict": find_verdict,
    "ing": find_gerund,
    "small": find_small_clause,
    "np": find_noun_object,
    "n-that": find_noun_clause,
    "n-is": find_copula_clause,
    "n-bare": find_bare_noun_clause,
    "n-compound": find_compound_noun,
    "n-to": find_noun_infinitive,
}
FRAME_PREPOSITIONS = [
    "about",
    "against",
    "as",
    "at",
    "for",
    "from",
    "in",
    "into",
    "of",
    "on",
    "over",
    "to",
    "toward",
    "towards",
    "upon",
    "with",
    "regarding",
    "concerning",
    "by",
    "like",
]
FRAMES |= {preposition: make_prepositional_frame(preposition) for preposition in FRAME_PREPOSITIONS}
