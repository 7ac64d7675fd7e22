"""Nouns that name something true or false: *the allegation*, *the idea that*, *her argument*."""

from tasks.attribution.frames.dependents import get_children, is_finite
from tasks.denials.denial_lexicon import DenialLexicon, DenyingWord
from tasks.document.doc import Token
from tasks.document.function_words import DEMONSTRATIVES
from tasks.document.token_ranges import TokenRange, get_subtree_range

QUANTIFIERS = frozenset(
    ["all", "both", "each", "everything", "most", "much", "any", "either", "every", "otherwise"]
)
PERSON_PRONOUNS = frozenset(["him", "her", "them", "me", "us"])
CLAIM_PRONOUNS = DEMONSTRATIVES | {"it", "them", "which", "something", "everything"}
"""pronouns that can refer to a claim"""
POINTING_DETERMINERS = DEMONSTRATIVES | {"such", "any"}
NOUN_CLAUSE_RELATIONS = frozenset(["acl", "ccomp", "relcl"])


def is_disputable(noun: Token, denying: DenyingWord, lexicon: DenialLexicon) -> bool:
    """Return True if a noun names something that can be true or false."""
    noun = _find_whole(noun, lexicon)
    if denying.object == "party" and (noun.lower_ in PERSON_PRONOUNS or noun.ent_type_ == "PERSON"):
        return True
    if noun.lower_ in lexicon.claim_nouns:
        return _is_disputable_claim_noun(noun, denying, lexicon)
    if noun.lower_ in QUANTIFIERS or (denying.particles and _says_something(noun, lexicon)):
        return True
    if denying.object != "any" or noun.lower_ in lexicon.withheld_nouns:
        return False
    if noun.tag_.startswith("PRP") or noun.tag_ in ("DT", "WDT"):
        return noun.lower_ in CLAIM_PRONOUNS
    return noun.tag_.startswith("NN") and not noun.tag_.startswith("NNP") and not noun.ent_type_


def _is_disputable_claim_noun(noun: Token, denying: DenyingWord, lexicon: DenialLexicon) -> bool:
    """Return True if a verb disputes the claim that a noun names: *denounced the allegation*, not *the remarks*."""
    needs = lexicon.claim_nouns[noun.lower_]
    if any(k.lower_ == "for" for k in get_children(noun, "prep")) and noun.lower_ in ("claim", "claims"):
        return False
    if denying.object == "assertion":
        return has_content_clause(noun) or (
            needs == "" and noun.lower_ not in lexicon.word_classes["expression"]
        )
    if needs == "" or denying.object == "any" or _is_attributed_noun(noun):
        return True
    return needs == "of" and any(k.lower_ in ("of", "about") for k in get_children(noun, "prep"))


def _says_something(noun: Token, lexicon: DenialLexicon) -> bool:
    """Return True if a relative clause says what a noun's people claim: *critics who say that prices are fixed*."""
    return any(
        clause.lower_ in lexicon.word_classes["claiming"]
        and any(k.lower_ in ("who", "that") for k in get_children(clause, "nsubj"))
        and bool(get_children(clause, "ccomp"))
        for clause in get_children(noun, "relcl")
    )


def _find_whole(noun: Token, lexicon: DenialLexicon) -> Token:
    """Return the noun of which a noun names a part: *several aspects of her testimony*; else the noun."""
    if noun.lower_ not in lexicon.word_classes["partitive"]:
        return noun
    inner = [k for p in get_children(noun, "prep") if p.lower_ == "of" for k in get_children(p, "pobj")]
    return inner[0] if inner else noun


def _is_attributed_noun(noun: Token) -> bool:
    """Return True if a noun says what is claimed, names who claims it, or points to it: *her argument*, *that view*."""
    determined = any(k.dep_ == "poss" or k.lower_ in POINTING_DETERMINERS for k in noun.children)
    return determined or find_claimant(noun) is not None or has_content_clause(noun)


def has_content_clause(noun: Token) -> bool:
    """Return True if a noun has a clause that says what is claimed: *the idea that he was ill*."""
    for child in [*noun.children, *(k for k in noun.head.children if k.i > noun.i)]:
        clause = child.dep_ in NOUN_CLAUSE_RELATIONS and child.i > noun.i
        if clause and any(k.lower_ == "that" and k.dep_ in ("mark", "nsubj", "dobj") for k in child.children):
            return True
        # "suggestions he had lied": no *that*, but a subject of its own.
        if (
            clause
            and child.head is noun
            and is_finite(child)
            and child.left_edge.tag_ in ("PRP", "NNP", "DT", "EX")
        ):
            return True
        if child.dep_ == "prep" and child.lower_ == "of" and any(k.dep_ == "pcomp" for k in child.children):
            return True
    return False


def find_claimed_clause(noun: Token) -> TokenRange | None:
    """Return the clause that says what a noun claims (*the lie that he fled*), or None.

    In "accusations by the union that he fled" the parser may attach the clause to the union.
    """
    for child in noun.subtree:
        if child.dep_ not in NOUN_CLAUSE_RELATIONS or child.i <= noun.i or child.left_edge.lower_ != "that":
            continue
        # "Accusations by the union, which claimed that he fled": the clause is what the inner verb reports.
        if not any(k.dep_ == "nsubj" for k in child.head.lefts):
            return get_subtree_range(child)
    return None


def find_claimant(noun: Token) -> Token | None:
    """Return who makes the claim that a noun names: its possessor, or the *by* or *from* phrase right after it."""
    if (owner := next((k for k in noun.children if k.dep_ == "poss"), None)) is not None:
        return owner
    following = noun.doc[noun.i + 1] if noun.i + 1 < len(noun.doc) else None
    if following is None or following.lower_ not in ("by", "from"):
        return None
    return next((k for k in following.children if k.dep_ == "pobj"), None)


def is_claim_noun(token: Token, lexicon: DenialLexicon) -> bool:
    """Return True if a noun names a claim, by itself or with its clause, or is a pronoun that can refer to one."""
    token = _find_whole(token, lexicon)
    if token.lower_ in lexicon.claim_nouns:
        return lexicon.claim_nouns[token.lower_] == "" or has_content_clause(token)
    return token.lower_ in CLAIM_PRONOUNS
