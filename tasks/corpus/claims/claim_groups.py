"""Groups of claims that state the same, over all documents.

A group is a medoid and the claims that state the same as it. Groups do not chain: if A states the same as B and B the
same as C, all three are a group only if B is the medoid. The medoid is the claim with the most pairs among its
neighbours, the earliest of several: a star of Aslam, Pelekhov and Rus (2004), found from the neighbours of a claim
alone. So the groups do not depend on the order of the rows, and a document changes only groups within
:data:`GROUP_REACH_DAYS` of its date.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import pyarrow as pa

from tasks.corpus.claims.claim_pairs import WINDOW_DAYS, Pair, SameClaimRules, find_same_claims
from tasks.corpus.claims.claim_propositions import Proposition, read_propositions
from tasks.document.records import SHARED_COLUMNS, Row, make_content_id
from warehouse.tables import CLAIM_GROUPS, to_arrow

GROUP_REACH_DAYS = 5 * WINDOW_DAYS
"""days from a document within which it can change groups: from a claim to its neighbours, to those that decide whether
a neighbour is a medoid, to the neighbours that these have, and from the medoid to the other members"""
MEDOID_METHOD, EQUAL_METHOD, SIMILAR_METHOD = "medoid", "equal", "similar"

Neighbours = Mapping[int, Mapping[int, float]]
"""the propositions that state the same as one, with the scores of the pairs"""


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
    neighbours = _list_neighbours(find_same_claims(propositions, rules))
    medoids = assign_medoids(propositions, neighbours)
    members: dict[int, list[int]] = defaultdict(list)
    for member, medoid in medoids.items():
        members[medoid].append(member)
    shared = {row["claim_id"]: row for row in claims.select(["claim_id", *SHARED_COLUMNS]).to_pylist()}
    rows = (
        shared[row["claim_id"]] | row
        for medoid, found in members.items()
        if sum(len(propositions[i].occurrences) for i in found) > 1
        for row in _make_group_rows(propositions, medoid, found, neighbours)
    )
    return to_arrow(rows, CLAIM_GROUPS)


def _list_neighbours(pairs: Mapping[Pair, float]) -> Neighbours:
    """Return the pairs by each of their two propositions."""
    found: dict[int, dict[int, float]] = defaultdict(dict)
    for (i, j), score in pairs.items():
        found[i][j] = found[j][i] = score
    return found


def assign_medoids(propositions: Sequence[Proposition], neighbours: Neighbours) -> dict[int, int]:
    """Return the medoid of each proposition that has one; a medoid is its own.

    A medoid ranks before all its neighbours. Another proposition belongs to the neighbouring medoid with the best
    score, the one that ranks first of several. A proposition without pairs is a medoid.
    """
    ranks = [_rank_claim(claim, len(neighbours.get(i, ()))) for i, claim in enumerate(propositions)]
    medoids = {i for i, rank in enumerate(ranks) if all(rank < ranks[j] for j in neighbours.get(i, ()))}
    assigned = {i: i for i in medoids}
    for i, near in neighbours.items():
        found = [(-score, ranks[j], j) for j, score in near.items() if j in medoids]
        if i not in medoids and found:
            assigned[i] = min(found)[-1]
    return assigned


def _rank_claim(claim: Proposition, pairs: int) -> tuple[int, date, str]:
    """Return what decides which of two neighbours can be a medoid: the lesser, which has more pairs or is earlier."""
    return -pairs, claim.day or date.max, claim.key


def _make_group_rows(
    propositions: Sequence[Proposition], medoid: int, members: Sequence[int], neighbours: Neighbours
) -> Iterator[Row]:
    """Yield the rows of the claims of one group, without the columns that every row has."""
    key = propositions[medoid].key
    for i in members:
        for one in propositions[i].occurrences:
            method = MEDOID_METHOD if one.claim_id == key else EQUAL_METHOD
            yield {
                "claim_id": one.claim_id,
                "group_id": make_content_id("grp", key),
                "medoid_id": key,
                "score": 1.0 if i == medoid else neighbours[i][medoid],
                "method": method if i == medoid else SIMILAR_METHOD,
            }
