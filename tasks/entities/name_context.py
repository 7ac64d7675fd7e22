"""What a bare name can be told apart by: the document it stands in, and the countries that one speaks of."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from tasks.document.records import Mention, content_id
from tasks.entities.names import split
from tasks.entities.reference_loader import Known, Reference


@dataclass(frozen=True, slots=True)
class Scope:
    """A document, and how often it speaks of each country."""

    doc_id: str
    home: Counter[str]

    def own(self, entity_type: str, name: str) -> str:
        """Return the id of somebody who is known by this name in this document only."""
        return content_id("ent", entity_type, name, self.doc_id)

    def body(self, name: str) -> str:
        """Return the id of a body whose like many countries have ("Supreme Court"): that of the main country."""
        most = self.home.most_common(2)
        if most and (len(most) == 1 or most[0][1] > most[1][1]):
            return content_id("ent", "organisation", name, most[0][0])
        return self.own("organisation", name)

    def allows(self, known: Known) -> bool:
        """Tell whether a name that several countries share may mean this one: where the document speaks of it."""
        return not known.shared or not self.home or bool(self.home[known.country_code or ""])


def scope_of(doc_id: str, named: Iterable[Mention], reference: Reference) -> Scope:
    """Return the scope of a document: its unambiguous mentions of each country, counted."""
    found = (reference.lookup(m.text) for m in named)
    known = (e[0].known for e in found if len(e) == 1)
    return Scope(doc_id, Counter(k.country_code for k in known if k.country_code and not k.shared))


def is_common(name: str, reference: Reference) -> bool:
    """Tell whether a body's name is made of common words alone, so that many bodies bear it."""
    return all(word in reference.common for word in split(name))
