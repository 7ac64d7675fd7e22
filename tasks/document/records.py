"""The records that pass between the steps, in the order of processing.

Every span is a pair of Unicode code-point offsets into ``Document.text``, end exclusive.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

Span = tuple[int, int]
SourceType = Literal["named", "pronoun", "unnamed", "hearsay", "author"]
Manner = Literal["direct", "mixed", "indirect"]
ClaimType = Literal["accusation", "statement", "belief", "intention", "question", "doubt"]
AccusationBasis = Literal["cue", "content"]
Polarity = Literal["not_denied", "neither"]
MediaType = Literal["text", "html", "pdf", "docx"]
DenialType = Literal["explicit", "negated_assertion", "lack_of_knowledge", "labelling", "counter"]
Row = dict[str, Any]
SHARED_COLUMNS = ("doc_id", "published_month", "extractor_version")
"""columns that every row of an extracted table begins with"""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the source states about a document; None where unknown."""

    publisher: str | None = None
    url: str | None = None
    title: str | None = None
    author: str | None = None
    published_at: date | None = None
    published_problem: str | None = None
    """why a date that the source states could not be read, if ``published_at`` is None"""


@dataclass(frozen=True, slots=True)
class RawDocument:
    """One document as found: its bytes or text, not yet decoded or cleaned."""

    source_uri: str
    payload: bytes | str
    media: MediaType
    metadata: Metadata = field(default_factory=Metadata)
    """given for this document"""
    defaults: Metadata = field(default_factory=Metadata)
    """given for the whole run; used where neither the document nor its page states a value"""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A document that cannot be used, with the stage that rejected it and the reason."""

    source_uri: str
    stage: Literal["read", "clean", "extract"]
    reason: str
    detail: str
    content_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A document ready to parse; every span is an offset into ``text``."""

    doc_id: str
    source_uri: str
    text: str
    content_sha256: str
    encoding: str
    metadata: Metadata = field(default_factory=Metadata)

    @property
    def published_month(self) -> str:
        """The partition: ``YYYY-MM``, or ``unknown``."""
        day = self.metadata.published_at
        # Not %Y: it omits the leading zeros of years before 1000, which occur as typing errors.
        return f"{day.year:04}-{day.month:02}" if day else "unknown"


@dataclass(slots=True)
class Mention:
    """A name, description or pronoun that refers to something in the world."""

    span: Span
    text: str
    label: str
    """person, organisation, country, place, weapon, nationality, event or other"""
    head: int
    """index of the head token in the Doc"""
    pronoun: bool = False
    entity_id: str | None = None
    resolution: str = "unresolved"
    confidence: float = 0.0

    def copy(self) -> "Mention":
        """Return an equal mention; ``dataclasses.replace`` takes four times as long, and every mention is copied."""
        return Mention(
            self.span,
            self.text,
            self.label,
            self.head,
            self.pronoun,
            self.entity_id,
            self.resolution,
            self.confidence,
        )


@dataclass(frozen=True, slots=True)
class Statement:
    """Somebody says, believes, wants, asks or denies something: source, cue and content.

    Attribution finds the spans, ``classify_statements`` adds the kind and ``parent``. Speakers, targets and dates are
    in ``ResolvedStatement``.
    """

    source: Span | None
    cue: Span | None
    content: tuple[Span, ...]
    rule: str
    """name of the rule that found it"""
    confidence: float
    cue_lemma: str = ""
    attitude: str = "statement"
    """how the cue presents its content, from the lexicon: statement, belief, accusation, denial, ..."""
    cue_token: int | None = None
    """index in the Doc of the cue's head token"""
    source_token: int | None = None
    """index in the Doc of the source's head token"""
    source_type: SourceType = "named"
    manner: Manner = "indirect"
    negated: bool = False
    """the cue itself is negated: "did not say that" """
    hedged: bool = False
    addressee: Span | None = None
    evidence: Span | None = None
    parent: int | None = None
    """position in the document's list of the statement this one is nested in"""
    kind: ClaimType | DenialType = "statement"
    polarity: Polarity | None = None
    """for claims that mention a denial without making one: *did not deny*, *neither confirmed nor denied*"""
    no_comment: bool = False
    """the source declines to speak"""
    claim_type: ClaimType | None = None
    """the type in the row of a claim; while links are scored, ``kind`` is accusation for any wrongful act"""
    accusation_basis: AccusationBasis | None = None
    """of an accusation what shows that it is one"""
    accused: tuple[int, ...] = ()
    """for accusations, indices in the Doc of the heads of the noun phrases that are accused"""
    charges: tuple[int, ...] = ()
    """the prepositions that begin the charge after the accused: *accused the bank of theft*"""
    victims: tuple[int, ...] = ()
    """for accusations, indices in the Doc of the heads of the noun phrases that suffer the act"""


def make_content_id(prefix: str, *parts: object) -> str:
    """Return an id that is a hash of its parts: the same parts give the same id on every machine."""
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass"))
    return f"{prefix}_{digest.hexdigest()[:20]}"
