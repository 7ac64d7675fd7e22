"""Groups of claims that state the same, over all documents.

A group is a medoid and the claims that state the same as it. Groups do not chain: if A states the same as B and B the
same as C, all three are a group only if B is the medoid. The medoid is the claim with the most pairs among its
neighbours, the earliest of several: a star of Aslam, Pelekhov and Rus (2004), found from the neighbours of a claim
alone. So the groups do not depend on the order of the rows, and a change reaches only the claims that are joined to a
changed one by three pairs or fewer.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tasks.corpus.claims.claim_index import Numbers
from tasks.corpus.claims.claim_pairs import SameClaimRules
from tasks.corpus.claims.claim_propositions import read_propositions
from tasks.corpus.claims.claim_source import ClaimsInMemory
from tasks.corpus.claims.same_claim_graph import ClaimPairs, SameClaimGraph
from tasks.document.records import SHARED_COLUMNS, make_content_id
from warehouse.tables import CLAIM_GROUPS

MEDOID_METHOD, EQUAL_METHOD, SIMILAR_METHOD = "medoid", "equal", "similar"
CHANGED_HOPS = 2
"""pairs from a claim whose pairs changed to one that may get another medoid, since one between them becomes a medoid"""
DECIDING_HOPS = 2
"""pairs from such a claim to those whose number of pairs decides: whether its neighbours are medoids, by theirs"""
GROUP_COLUMNS = ("claim_id", "group_id", "medoid_id", "score", "method")
"""the columns of ``claim_groups`` that are not of the document"""


@dataclass(frozen=True, slots=True)
class Regrouping:
    """The claims that can be in another group than before, by number, and the medoid of each claim (-1: none)."""

    members: Sequence[int]
    medoids: Numbers


def group_claims(
    claims: pa.Table, documents: pa.Table, unnamed: frozenset[str], rules: SameClaimRules
) -> pa.Table:
    """Return a row of ``claim_groups`` for each claim that is in a group of two or more.

    Args:
        claims: rows of ``claims`` with :data:`~tasks.corpus.claims.claim_propositions.CLAIM_COLUMNS` and the columns
            that every row has; entity ids must be joined across documents.
        documents: rows of ``documents`` with ``doc_id`` and ``published_at``.
        unnamed: ids of the entities without a name.
        rules: the weights of the features of a pair, and the tables of words.
    """
    propositions = read_propositions(claims, documents, unnamed, rules.words)
    graph = SameClaimGraph(ClaimsInMemory(propositions), rules)
    everything = graph.iterate_changed(dict.fromkeys(claim.day for claim in propositions))
    rows = make_group_rows(graph, regroup_claims(graph, everything), CLAIM_GROUPS.schema.empty_table())
    return add_document_columns(rows, claims)


def add_document_columns(rows: pa.Table, claims: pa.Table) -> pa.Table:
    """Return rows with :data:`GROUP_COLUMNS` as rows of ``claim_groups``, given rows of their claims."""
    places = pc.index_in(rows["claim_id"], claims["claim_id"])
    for name in SHARED_COLUMNS:
        rows = rows.append_column(name, claims[name].take(places))
    return rows.select(CLAIM_GROUPS.schema.names).cast(CLAIM_GROUPS.schema)


def regroup_claims(graph: SameClaimGraph, changed: Iterable[set[int]]) -> Regrouping:
    """Find the medoids of the claims that can have another one than before.

    Args:
        graph: all claims as they are now.
        changed: those that were added or changed, or that stated the same as one that is gone, period by period.
    """
    decided = set[int]()
    for of_period in changed:
        reached = of_period | graph.find_neighbours(of_period)
        for _ in range(CHANGED_HOPS):
            reached |= graph.find_neighbours(reached)
        decided |= reached
        for _ in range(DECIDING_HOPS):
            reached |= graph.find_neighbours(reached)
        graph.find_neighbours(reached)
    pairs = graph.get_pairs()
    medoids = assign_medoids(rank_claims(graph.keys, graph.days, pairs), pairs)
    # Whether a medoid is in a group depends on its members.
    return Regrouping(sorted(decided | {int(medoids[i]) for i in decided if medoids[i] >= 0}), medoids)


def rank_claims(keys: Sequence[str], days: Sequence[date | None], pairs: ClaimPairs) -> Numbers:
    """Return the rank of each claim: the first of two neighbours is the one with more pairs, or the earlier one."""
    counts = np.bincount(pairs.members, minlength=len(keys)).tolist()
    order = sorted(range(len(keys)), key=lambda i: (-counts[i], days[i] or date.max, keys[i]))
    ranks = np.empty(len(keys), np.int64)
    ranks[order] = np.arange(len(keys))
    return ranks


def assign_medoids(ranks: Numbers, pairs: ClaimPairs) -> Numbers:
    """Return the medoid of each claim, -1 if it has none; a medoid is its own.

    A medoid ranks before all its neighbours. Another claim belongs to the neighbouring medoid with the best score, the
    one that ranks first of several. A claim without pairs is a medoid.
    """
    is_medoid = np.ones(len(ranks), bool)
    is_medoid[pairs.members[ranks[pairs.members] > ranks[pairs.neighbours]]] = False
    to_medoid = is_medoid[pairs.neighbours]
    members, near, scores = (x[to_medoid] for x in (pairs.members, pairs.neighbours, pairs.scores))
    order = np.lexsort((ranks[near], -scores, members))
    found, first = np.unique(members[order], return_index=True)
    medoids = np.where(is_medoid, np.arange(len(ranks)), -1)
    medoids[found] = near[order][first]
    return medoids


def make_group_rows(graph: SameClaimGraph, found: Regrouping, others: pa.Table) -> pa.Table:
    """Return the rows of the claims that are in a group of two or more, with :data:`GROUP_COLUMNS`.

    Args:
        graph: all claims as they are now.
        found: the claims that are wanted, and the medoids.
        others: rows of ``claim_groups`` of other claims, which stay as they are.
    """
    groups = {i: int(found.medoids[i]) for i in found.members if found.medoids[i] >= 0}
    sizes = Counter(others["medoid_id"].to_pylist())
    for i, medoid in groups.items():
        sizes[graph.keys[medoid]] += len(graph.claim_ids[i])
    scores = _find_scores(graph.get_pairs(), found.medoids)
    rows = [
        (
            claim_id,
            make_content_id("grp", key),
            key,
            scores.get(i, 1.0),
            _name_method(claim_id, key, i == medoid),
        )
        for i, medoid in groups.items()
        for key in [graph.keys[medoid]]
        if sizes[key] > 1
        for claim_id in graph.claim_ids[i]
    ]
    schema = pa.schema([CLAIM_GROUPS.schema.field(name) for name in GROUP_COLUMNS])
    columns = zip(*rows, strict=True) if rows else [()] * len(GROUP_COLUMNS)
    return pa.table([*map(pa.array, columns, schema.types)], schema)


def _name_method(claim_id: str, medoid_id: str, is_equal: bool) -> str:
    """Return how a claim came into its group."""
    if not is_equal:
        return SIMILAR_METHOD
    return MEDOID_METHOD if claim_id == medoid_id else EQUAL_METHOD


def _find_scores(pairs: ClaimPairs, medoids: Numbers) -> dict[int, float]:
    """Return the score of each claim with its medoid; a medoid has none."""
    is_own = medoids[pairs.members] == pairs.neighbours
    return dict(zip(pairs.members[is_own].tolist(), pairs.scores[is_own].tolist(), strict=True))
