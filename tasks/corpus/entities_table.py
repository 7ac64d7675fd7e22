"""Entities over all documents: one row each, spelling variants joined."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa

from tasks.corpus.entity_occurrences import LOCAL, Standing
from tasks.corpus.spelling_variants import join_variants
from tasks.entities.names import full_name
from tasks.entities.reference_loader import Reference
from warehouse.tables import ENTITIES, to_arrow


@dataclass(slots=True)
class Gathered:
    """What the mentions say of one entity."""

    labels: Counter[str] = field(default_factory=Counter)
    forms: Counter[str] = field(default_factory=Counter)
    documents: set[str] = field(default_factory=set)


def resolve_across_documents(mentions: pa.Table, documents: pa.Table, reference: Reference) -> pa.Table:
    """Return the entities table of a set of mentions; order and batches of the rows do not matter.

    Entities are counted by ``local_entity_id`` and joined as :func:`variants` says; :mod:`tasks.corpus.entity_renaming`
    does the same to the ids in ``mentions``, ``claims`` and ``denials``.
    """
    gathered = gather(mentions)
    mapping = joined(gathered, Standing.of(mentions), reference)
    merged: dict[str, Gathered] = {}
    for entity, one in gathered.items():
        into = merged.setdefault(mapping.get(entity, entity), Gathered())
        into.labels += one.labels
        into.forms += one.forms
        into.documents |= one.documents
    dates = dict(zip(documents["doc_id"].to_pylist(), documents["published_at"].to_pylist(), strict=True))
    return to_arrow([row(entity, one, dates, reference) for entity, one in merged.items()], ENTITIES)


def gather(mentions: pa.Table) -> dict[str, Gathered]:
    """Return the labels, forms and documents of every entity; pronouns count as mentions but are no alias.

    Arrow counts what is equal, so that objects are made for the different forms and not for every mention.
    """
    gathered: dict[str, Gathered] = defaultdict(Gathered)
    named = mentions.filter(mentions[LOCAL].is_valid())
    counted = named.group_by([LOCAL, "label", "text", "pronoun"]).aggregate([([], "count_all")])
    for entity, label, text, pronoun, times in zip(*(c.to_pylist() for c in counted.columns), strict=True):
        one = gathered[entity]
        one.labels["" if pronoun else label] += times
        if not pronoun:
            one.forms[" ".join(text.split())] += times
    standing = named.group_by(LOCAL).aggregate([("doc_id", "distinct")])
    for entity, documents in zip(*(c.to_pylist() for c in standing.columns), strict=True):
        gathered[entity].documents.update(documents)
    return gathered


def row(entity: str, one: Gathered, dates: dict[str, date | None], reference: Reference) -> dict[str, Any]:
    """Return the row of one entity."""
    known = reference.known.get(entity)
    seen = sorted(d for doc_id in one.documents if (d := dates.get(doc_id)) is not None)
    return {
        "entity_id": entity,
        "name": name_of(one, entity, reference),
        "entity_type": entity_type(one, entity, reference),
        "aliases": sorted(one.forms),
        "alias_counts": [one.forms[form] for form in sorted(one.forms)],
        "wikidata_id": known.wikidata_id if known else None,
        "country_code": known.country_code if known else None,
        "latitude": known.latitude if known else None,
        "longitude": known.longitude if known else None,
        "n_documents": len(one.documents),
        "n_mentions": one.labels.total(),
        "first_seen": seen[0] if seen else None,
        "last_seen": seen[-1] if seen else None,
    }


def best_name(forms: Counter[str], entity: str) -> str:
    """Return the most frequent form of the most words."""
    return min(forms, key=lambda f: (-len(full_name(f).split()), -forms[f], f), default=entity)


def variants(mentions: pa.Table, reference: Reference) -> dict[str, str]:
    """Return which local ids are spelling variants of which: local id to the id that stays."""
    return joined(gather(mentions), Standing.of(mentions), reference)


def joined(gathered: dict[str, Gathered], standing: Standing, reference: Reference) -> dict[str, str]:
    """Return the mapping of :func:`variants` from what the mentions say."""
    names = {entity: identity(one, entity, reference) for entity, one in gathered.items()}
    return join_variants(names, standing, reference)


def identity(one: Gathered, entity: str, reference: Reference) -> tuple[str, str]:
    """Return type and name of an entity."""
    return entity_type(one, entity, reference), name_of(one, entity, reference)


def name_of(one: Gathered, entity: str, reference: Reference) -> str:
    """Return the name by which an entity is best known here: the tables', or its fullest form."""
    known = reference.known.get(entity)
    return known.name if known else best_name(one.forms, entity)


def entity_type(one: Gathered, entity: str, reference: Reference) -> str:
    """Return the type of an entity: the tables', or what most of its mentions are."""
    known = reference.known.get(entity)
    labels = {label: n for label, n in one.labels.items() if label}
    return (
        known.entity_type
        if known
        else min(labels, key=lambda label: (-labels[label], label), default="other")
    )
