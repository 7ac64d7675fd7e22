"""How sure each step is that says which entity a name means."""

from tasks.document.records import Mention

# What each step has been worth on hand-checked samples; see tests/tasks/normalise.
CONFIDENCE = {
    "reference": 0.95,
    "acronym": 0.95,
    "exact": 0.9,
    "surname": 0.92,
    "title_and_surname": 0.9,
    "first_of_surname": 0.65,
    "given_name": 0.7,
    "known_surname": 0.75,
    "short_form": 0.8,
    "own_name": 0.6,
    "common_name": 0.6,
    "ambiguous": 0.0,
}


def settle(mention: Mention, entity: str | None, method: str) -> None:
    """Set who a mention is, by which step and how surely."""
    mention.entity_id, mention.resolution, mention.confidence = entity, method, CONFIDENCE[method]
