"""The context that disambiguates a bare name: its document, the countries mentioned there, the word before it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from tasks.document.doc import Doc, TokenSpan
from tasks.document.records import Mention, make_content_id
from tasks.entities.names import split_name
from tasks.entities.reference_loader import KnownEntity, ReferenceTables


@dataclass(frozen=True, slots=True)
class NameContext:
    """A document and the number of its unambiguous mentions of each country."""

    doc_id: str
    country_counts: Counter[str]

    def make_document_entity_id(self, entity_type: str, name: str) -> str:
        """Return the id of an entity that is specific to this document."""
        return make_content_id("ent", entity_type, name, self.doc_id)

    def make_body_id(self, name: str) -> str:
        """Return the id of a body that many countries have ("Supreme Court"): that of the country mentioned most."""
        most = self.country_counts.most_common(2)
        if most and (len(most) == 1 or most[0][1] > most[1][1]):
            return make_content_id("ent", "organisation", name, most[0][0])
        return self.make_document_entity_id("organisation", name)

    def is_possible(self, known: KnownEntity) -> bool:
        """Return False for an entity that shares its name if the document mentions other countries but not its own."""
        return (
            not known.is_shared_name
            or not self.country_counts
            or bool(self.country_counts[known.country_code or ""])
        )


def build_name_context(doc_id: str, named: Iterable[Mention], reference: ReferenceTables) -> NameContext:
    """Return the context of the names in a document."""
    found = (reference.find_forms(m.text) for m in named)
    known = (forms[0].entity for forms in found if len(forms) == 1)
    return NameContext(
        doc_id, Counter(k.country_code for k in known if k.country_code and not k.is_shared_name)
    )


def is_common_name(name: str, reference: ReferenceTables) -> bool:
    """Return True if a body's name consists of common words only, so that many bodies have it."""
    return all(word in reference.common_words for word in split_name(name))


def has_preceding_article(doc: Doc, name: TokenSpan) -> bool:
    """Return True if "the" directly precedes a name."""
    return name.start > 0 and doc[name.start - 1].lower_ == "the"
