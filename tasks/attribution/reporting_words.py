"""Words beside the cues that attribution knows: verbs and nouns that lead to a source, and markers of a statement."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReportingWords:
    """The words of the smaller tables of ``seeds/cues`` and of ``seeds/layouts``, in lower case unless noted."""

    light_verbs: frozenset[str]
    """forms of verbs whose subject makes the claim that their object names: *made the claim*"""
    hearer_verbs: frozenset[str]
    """forms of verbs whose object is told: *told a reporter*"""
    speech_acts: frozenset[str]
    """documents and speeches by which their issuer speaks: *issued a statement saying*"""
    speaking_documents: frozenset[str]
    """nouns that speak before a colon: *Poll: voters undecided*"""
    speaking_people: frozenset[str]
    """nouns that speak before a colon if what follows has a predicate: *Minister: bridge unsafe*"""
    naming_words: frozenset[str]
    """words after which a name in quotation marks is a nickname: *alias*"""
    authority_nouns: Mapping[str, frozenset[str]]
    """nouns after *according to* and *in* by use: ``norm`` (*according to law*), ``plan`` (bare only), ``view``"""
    verdicts: frozenset[str]
    """forms of words that report the verdict of a court: *convicted*"""
    courts: frozenset[str]
    """forms of nouns for those who give verdicts"""
    omissions: Mapping[str, frozenset[str]]
    """forms of words before what is not done, by kind: ``undone`` (*avoided*, *refused*), ``meant`` (not yet done:
    *wants*, *expected*), ``attempted`` (not done if negated: *did not try*)"""
    hedges: frozenset[str]
    evidence: frozenset[str]
    """forms of nouns that name evidence, with the capitals of the table"""
    word_classes: Mapping[str, frozenset[str]]
    """words by class: answer, auxiliary, absence, ... (``seeds/README.md`` says what each is)"""
