"""Units, signs of currencies and words that a number counts without a noun, read from ``seeds/expressions/``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from tasks.seeds import read_seed_rows, read_seed_words


@dataclass(frozen=True)
class UnitTables:
    """What may follow or precede a number and says what it measures or counts."""

    units: Mapping[str, str]
    """word in lower case → its unit"""
    currencies: Mapping[str, str]
    """sign → ISO 4217 code"""
    casualty_words: frozenset[str]
    """words that a number counts without a noun: *12 dead and 30 wounded*"""

    @cached_property
    def unit_pattern(self) -> re.Pattern[str]:
        """A pattern that matches a unit after a number, the longest first."""
        words = "|".join(sorted(map(re.escape, self.units), key=len, reverse=True))
        return re.compile(rf" ?(?P<unit>{words})(?!\w)", re.IGNORECASE)


def load_unit_tables() -> UnitTables:
    """Return the shipped tables."""
    return UnitTables(
        units={row["word"]: row["unit"] for row in read_seed_rows("expressions/units.csv")},
        currencies={row["sign"]: row["currency"] for row in read_seed_rows("expressions/currencies.csv")},
        casualty_words=read_seed_words("expressions/casualty_words.csv", "word"),
    )
