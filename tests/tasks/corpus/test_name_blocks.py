"""The vectorised filter misses no name that falls into a block."""

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.corpus.name_blocks import find_names_in_blocks
from tasks.corpus.spelling_variants import make_block_key

WORDS = [
    "Saadi", "Gadhafi", "Gaddafi", "al-Qaddafi", "Qadhdhafi", "al", "el", "Al", "the", "The", "U.S.", "u", "S",
    "O'Neill", "ONeil", "’Neill", "Jr.", "Sr", "II", "Schukow", "Zhukov", "Tchukof", "Alexander", "Olexandr",
    "Elksander", "Jay", "Jj", "J", "Hh", "5th", "5", "Über", "Uber", "Army", "van", "Von", "_", "-", "&", "Xi", "Ksi",
    "Phil", "Fil", "Czesz",
]  # fmt: skip
NAMES = st.one_of(
    st.lists(st.sampled_from(WORDS), min_size=0, max_size=4).map(" ".join),
    st.text("aehlcsxzktdgqpfy'` -.", max_size=12),
    st.text(max_size=8),
)


@settings(deadline=None, max_examples=300)
@given(st.lists(NAMES, max_size=12), st.lists(NAMES, min_size=1, max_size=4))
def test_no_name_of_a_block_is_missed(names: list[str], wanted: list[str]) -> None:
    for kind in ("person", "organisation"):
        blocks = {found for name in wanted if (found := make_block_key(kind, name))}
        seen = find_names_in_blocks(pa.array(names, pa.string()), blocks)
        assert all(s or make_block_key(kind, name) not in blocks for s, name in zip(seen, names, strict=True))


def test_most_names_are_distinguished() -> None:
    names = [
        f"{first} {last}" for first in ("Anna", "Boris", "Carla") for last in ("Berg", "Ivanov", "Mbeki")
    ]
    (wanted,) = {make_block_key("person", "Ana Burg")}
    assert wanted is not None
    seen = find_names_in_blocks(pa.array([*names, "Berg", ""]), [wanted])
    assert [name for name, s in zip([*names, "Berg", ""], seen, strict=True) if s] == ["Anna Berg"]
