"""Function words of English: closed classes that the rules of several packages use, in lower case.

Words of open classes (verbs, nouns, adjectives) are rows of the tables under ``seeds/``.
"""

FIRST_PERSON_SUBJECTS = frozenset(["i", "we"])
THIRD_PERSON_SUBJECTS = frozenset(["he", "she", "it", "they"])
DEMONSTRATIVES = frozenset(["this", "that", "these", "those"])
NEGATIVE_PRONOUNS = frozenset(["nobody", "none", "nothing", "neither"])
NEGATIONS = NEGATIVE_PRONOUNS | {"no", "not", "never", "nor"}
WORD_PREFIXES = frozenset(["anti", "pro", "non", "pre", "post", "ex"])
"""what stands before a hyphen and a name or adjective: *anti-Orlandish*"""
WORD_SUFFIXES = frozenset(
    ["style", "era", "led", "backed", "inspired", "type", "like", "esque", "based", "run", "funded", "owned"]
)
"""what stands after a name and a hyphen: *Orland-backed*"""
LIST_CONJUNCTIONS = frozenset(["and", "or"])
"""what joins the last two members of a list"""
CONDITIONAL_CONJUNCTIONS = frozenset(["if", "unless", "whether"])
TEMPORAL_CONJUNCTIONS = frozenset(["until", "till", "once", "before", "when", "whenever"])
"""before a verb of the present tense they name what may still happen: *until the minister denies it*"""
CONTRAST_CONJUNCTIONS = frozenset(["although", "though", "while", "whereas"])


def is_name_in_capitals(text: str, tag: str) -> bool:
    """Return True for a name that has the letters of a pronoun: *US*, *WHO*."""
    return len(text) > 1 and text.isupper() and tag.startswith("NNP")
