"""Whether the agent of an act is the speaker of the statement, or acts for the speaker."""

from tasks.accusations.accusation_words import AccusationWords
from tasks.accusations.actors import resolve_relative
from tasks.document.doc import Doc, Token
from tasks.document.function_words import is_name_in_capitals
from tasks.document.records import Statement

FIRST_PERSON = frozenset(["i", "we", "me", "us", "my", "our", "myself", "ourselves", "mine", "ours"])
THIRD_PERSON = frozenset(
    ["he", "she", "they", "him", "her", "them", "it", "himself", "herself", "themselves"]
)
PRONOUN_GROUPS = {
    **dict.fromkeys(("he", "him", "his", "himself"), "m"),
    **dict.fromkeys(("she", "her", "hers", "herself"), "f"),
    **dict.fromkeys(("it", "its", "itself"), "n"),
    **dict.fromkeys(("they", "them", "their", "themselves"), "p"),
    **dict.fromkeys(("my", "our"), "s"),
}
OWN_POSSESSIVES = frozenset(["his", "her", "its", "their", "my", "our"])


def is_own_agent(agent: Token, statement: Statement, doc: Doc, words: AccusationWords) -> bool:
    """Return True if the agent of an act is the speaker of the statement or acts for the speaker."""
    if is_first_person(agent):
        return True
    # *Our troops* are the speaker's side, *my mother* is not.
    if words.get_actor_kind(agent) != "person" and any(map(is_first_person, agent.lefts)):
        return True
    if statement.source_token is None:
        return False
    source = doc[statement.source_token]
    if agent.i == source.i or agent.lower_ == source.lower_:
        return True
    if statement.manner == "direct":
        return False
    if agent.lower_ in THIRD_PERSON or agent.lower_ in OWN_POSSESSIVES:
        return _can_refer_to(agent.lower_, source, words)
    if any(k.lower_ in OWN_POSSESSIVES and _can_refer_to(k.lower_, source, words) for k in agent.lefts):
        return True
    is_armed = words.get_actor_kind(agent) == "armed" and not agent.lefts
    return is_armed and words.get_actor_kind(source) == "armed"


def is_first_person(token: Token) -> bool:
    """Return True if a token is a pronoun of the speaker; *US* is a country."""
    return token.lower_ in FIRST_PERSON and not is_name_in_capitals(token.text, token.tag_)


def _can_refer_to(pronoun: str, source: Token, words: AccusationWords) -> bool:
    """Return True if a pronoun in a content agrees with the source of the statement."""
    # *The clerk, who said that she will leave*.
    source = resolve_relative(source)
    if source.lower_ in THIRD_PERSON:
        return PRONOUN_GROUPS[source.lower_] == PRONOUN_GROUPS[pronoun]
    plural = source.tag_ in ("NNS", "NNPS")
    group = source.ent_type_ in ("ORG", "GPE", "NORP") or words.get_actor_kind(source) == "armed"
    if pronoun in ("they", "them", "their", "themselves"):
        return plural or group
    if pronoun in ("it", "its"):
        return not plural and source.ent_type_ != "PERSON"
    person = source.tag_ == "NNP" or words.get_actor_kind(source) in ("person", "armed")
    return not plural and person and source.ent_type_ not in ("ORG", "GPE", "NORP")
