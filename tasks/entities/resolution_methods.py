"""The methods that resolve a name to an entity, with the confidence of each."""

from tasks.document.records import Mention

# Precision of each method on hand-checked samples.
METHOD_CONFIDENCE = {
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


def set_mention_entity(mention: Mention, entity: str | None, method: str) -> None:
    """Set the entity, method and confidence of a mention in place."""
    mention.entity_id, mention.resolution, mention.confidence = entity, method, METHOD_CONFIDENCE[method]
