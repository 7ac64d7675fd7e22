"""The ``entities`` table: one row per entity of the corpus, with spelling variants joined."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from tasks.corpus.entity_occurrences import LOCAL_ID_COLUMN, EntityOccurrences, Occurrences
from tasks.corpus.publication_dates import PublicationDates, get_publication_dates
from tasks.corpus.spelling_variants import join_spelling_variants, make_spelling_keys
from tasks.document.view.reading_view import find_visible_text
from tasks.entities.names import normalise_full_name
from tasks.entities.reference_loader import ReferenceTables
from warehouse.tables import ENTITIES, to_arrow


@dataclass(slots=True)
class EntityMentionCounts:
    """Counts of the labels and forms of an entity's mentions, and the documents of these.

    The label of a pronoun is counted as an empty string.
    """

    labels: Counter[str] = field(default_factory=Counter)
    forms: Counter[str] = field(default_factory=Counter)
    documents: set[str] = field(default_factory=set)


def build_entities_table(mentions: pa.Table, documents: pa.Table, reference: ReferenceTables) -> pa.Table:
    """Return the entities table of a set of mentions; it does not depend on the order of the rows.

    Entities are counted by ``local_entity_id`` and joined by :func:`join_spelling_variants`;
    :mod:`tasks.corpus.entity_renaming` replaces the ids in ``mentions``, ``claims`` and ``denials`` accordingly.
    """
    gathered = count_entity_mentions(mentions)
    dates = get_publication_dates(documents)
    mapping = _find_variants(gathered, EntityOccurrences.from_mentions(mentions), dates, reference)
    merged: dict[str, EntityMentionCounts] = {}
    for entity, counts in gathered.items():
        into = merged.setdefault(mapping.get(entity, entity), EntityMentionCounts())
        into.labels += counts.labels
        into.forms += counts.forms
        into.documents |= counts.documents
    return to_arrow(
        [make_entity_row(entity, counts, dates, reference) for entity, counts in merged.items()], ENTITIES
    )


def count_entity_mentions(mentions: pa.Table) -> dict[str, EntityMentionCounts]:
    """Return the counts of every local entity id; pronouns count as mentions but not as forms.

    Arrow aggregates equal mentions, so that Python objects are created per distinct form, not per mention.
    """
    gathered: dict[str, EntityMentionCounts] = defaultdict(EntityMentionCounts)
    named = mentions.filter(mentions[LOCAL_ID_COLUMN].is_valid())
    counted = named.group_by([LOCAL_ID_COLUMN, "label", "text", "pronoun"]).aggregate([([], "count_all")])
    for entity, label, text, pronoun, times in zip(*(c.to_pylist() for c in counted.columns), strict=True):
        counts = gathered[entity]
        counts.labels["" if pronoun else label] += times
        if not pronoun:
            counts.forms[" ".join(find_visible_text(text).split())] += times
    distinct = named.group_by(LOCAL_ID_COLUMN).aggregate([("doc_id", "distinct")])
    for entity, documents in zip(*(c.to_pylist() for c in distinct.columns), strict=True):
        gathered[entity].documents.update(documents)
    return gathered


def make_entity_row(
    entity: str, counts: EntityMentionCounts, dates: PublicationDates, reference: ReferenceTables
) -> dict[str, Any]:
    """Return the row of one entity.

    Args:
        entity: the id of the entity.
        counts: the counts of all its mentions.
        dates: the day of publication of at least its documents.
        reference: the known entities.
    """
    known = reference.known_entities.get(entity)
    seen = sorted(d for doc_id in counts.documents if (d := dates.get(doc_id)) is not None)
    name = _get_entity_name(counts, entity, reference)
    return {
        "entity_id": entity,
        "name": name,
        "entity_type": _get_entity_type(counts, entity, reference),
        "aliases": sorted(counts.forms),
        "alias_counts": [counts.forms[form] for form in sorted(counts.forms)],
        "spelling_keys": make_spelling_keys({*counts.forms, name}),
        "wikidata_id": known.wikidata_id if known else None,
        "country_code": known.country_code if known else None,
        "latitude": known.latitude if known else None,
        "longitude": known.longitude if known else None,
        "n_documents": len(counts.documents),
        "n_mentions": counts.labels.total(),
        "first_seen": seen[0] if seen else None,
        "last_seen": seen[-1] if seen else None,
    }


def choose_best_name(forms: Counter[str], entity: str) -> str:
    """Return the form with the most words, of several the most frequent; the id if there is no form."""
    return min(forms, key=lambda f: (-len(normalise_full_name(f).split()), -forms[f], f), default=entity)


def find_spelling_variants(
    mentions: pa.Table, documents: pa.Table, reference: ReferenceTables
) -> dict[str, str]:
    """Return the spelling variants: local id to the id that replaces it."""
    gathered, occurrences = count_entity_mentions(mentions), EntityOccurrences.from_mentions(mentions)
    return _find_variants(gathered, occurrences, get_publication_dates(documents), reference)


def _find_variants(
    gathered: dict[str, EntityMentionCounts],
    occurrences: Occurrences,
    dates: PublicationDates,
    reference: ReferenceTables,
) -> dict[str, str]:
    """Return the mapping of :func:`find_spelling_variants` from the counts of the mentions."""
    names = {entity: get_type_and_name(counts, entity, reference) for entity, counts in gathered.items()}
    return join_spelling_variants(names, occurrences, lambda _: dates, reference)


def get_type_and_name(
    counts: EntityMentionCounts, entity: str, reference: ReferenceTables
) -> tuple[str, str]:
    """Return type and name of an entity."""
    return _get_entity_type(counts, entity, reference), _get_entity_name(counts, entity, reference)


def _get_entity_name(counts: EntityMentionCounts, entity: str, reference: ReferenceTables) -> str:
    """Return the name of an entity: that of the reference tables, or its best form."""
    known = reference.known_entities.get(entity)
    return known.name if known else choose_best_name(counts.forms, entity)


def _get_entity_type(counts: EntityMentionCounts, entity: str, reference: ReferenceTables) -> str:
    """Return the type of an entity: that of the reference tables, or its most frequent label."""
    known = reference.known_entities.get(entity)
    labels = {label: n for label, n in counts.labels.items() if label}
    return (
        known.entity_type
        if known
        else min(labels, key=lambda label: (-labels[label], label), default="other")
    )
