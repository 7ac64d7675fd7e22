"""The tables that linking uses: words of denying, known entities, and the weights of features."""

from collections.abc import Mapping
from dataclasses import dataclass

from tasks.denials.denial_lexicon import DenialLexicon
from tasks.entities.reference_loader import ReferenceTables
from tasks.seeds import read_seed_rows


@dataclass(frozen=True, slots=True)
class LinkKnowledge:
    """The tables that linking uses."""

    lexicon: DenialLexicon
    reference: ReferenceTables
    link_weights: Mapping[str, float]
    """weight of each feature of a pair in the log odds that the denial answers the claim"""
    denial_weights: Mapping[str, float]
    """weight of each feature in the log odds that a statement is a denial, as fitted"""
    calibration: Mapping[str, float]
    """the parameters that turn log odds into decisions and probabilities, by name"""


def load_link_knowledge(lexicon: DenialLexicon, reference: ReferenceTables) -> LinkKnowledge:
    """Return the tables with the weights under ``seeds/denials/``."""
    return LinkKnowledge(
        lexicon=lexicon,
        reference=reference,
        link_weights=_read_numbers("link_features"),
        denial_weights=_read_numbers("denial_features"),
        calibration=_read_numbers("calibration", "name", "value"),
    )


def _read_numbers(table: str, key: str = "feature", value: str = "weight") -> dict[str, float]:
    """Return the numbers of a table by name."""
    return {row[key]: float(row[value]) for row in read_seed_rows(f"denials/{table}.csv")}
