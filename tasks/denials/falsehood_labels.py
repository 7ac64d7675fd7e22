"""Labels that call a claim false, without a verb of labelling: *is a hoax*, *baseless claims*, *the lie that*."""

from collections.abc import Iterator, Sequence

from tasks.attribution.frames.dependents import get_children
from tasks.denials.claim_nouns import CLAIM_PRONOUNS, has_content_clause
from tasks.denials.denial_acts import DenialAct, is_factual
from tasks.denials.denial_lexicon import UNCONDITIONAL_NOUN_LABEL, DenialLexicon, FalsehoodLabel
from tasks.denials.denied_content import has_subject
from tasks.document.doc import Token
from tasks.document.function_words import CONDITIONAL_CONJUNCTIONS, DEMONSTRATIVES, NEGATIVE_PRONOUNS
from tasks.document.token_ranges import TokenRange, get_subtree_range

BE_FORMS = frozenset(["be", "is", "are", "was", "were", "been", "being", "'s", "’s", "'re", "’re", "am"])
NEGATIVE_SUBJECTS = NEGATIVE_PRONOUNS - {"nobody"}
PERSONAL_SUBJECTS = frozenset(["he", "she", "they", "you"])
FRAGMENT_ENDS = frozenset([".", "!", ",", ":", "”", '"', "''"])
FRAGMENT_STARTS = frozenset(["“", '"', "``", ":", "\n", "\n\n", "—", "–", "‘"])
TOPIC_MARKERS = frozenset(["these", "this", "those", "about", "regarding", "concerning", "against"])
PERSONAL_COMPLEMENTS = frozenset(["in", "to", "about", "when", "that", "for"])
TIME_CONJUNCTIONS = frozenset(["when", "whenever", "until"])


def find_predicate_labels(words: Sequence[Token], lexicon: DenialLexicon) -> Iterator[DenialAct]:
    """Yield *the report is a hoax*, *he was wrong in his claim*, *that is not true*, *proved false*."""
    for token in words:
        label = lexicon.find_label(token)
        verb = _find_copula(token, lexicon) if label is not None else None
        if label is None or verb is None:
            continue
        subject = next(iter(get_children(verb, "nsubj", "nsubjpass", "csubj")), None)
        if subject is None or not _is_called_false(verb, token, label, subject):
            continue
        if token.lower_ in lexicon.word_classes["personal"] and not _is_wrong_in_fact(
            token, verb, subject, lexicon
        ):
            continue
        certain = not _is_hypothetical(verb) and _is_said_of_claim(verb, token, label, subject, lexicon)
        if certain or not _is_conditional(verb):
            content = get_main_clause(verb)
            yield DenialAct("labelling", token, None, content, "label", asserted=True, certain=certain)


def _find_copula(token: Token, lexicon: DenialLexicon) -> Token | None:
    """Return the verb (*is*, *proved*) whose predicate a label is or heads, or None."""
    verb = token.head if token.dep_ == "prt" else token
    if verb.tag_ == "VBN" and get_children(verb, "nsubjpass"):
        composed = verb is not token and any(t.lower_ == "of" for t in token.doc[token.i + 1 : token.i + 2])
        return None if composed else verb
    head = token
    while head.dep_ in ("amod", "compound", "conj", "pobj", "advmod", "nmod") and head.head.i != head.i:
        if head.dep_ == "pobj" and not _is_of_falsehood(head, lexicon):
            return None
        head = head.head if head.dep_ != "pobj" else head.head.head
    if head.dep_ in ("attr", "acomp", "oprd", "xcomp", "advcl"):
        verb = head.head
        if verb.lower_ in BE_FORMS and verb.dep_ == "xcomp":
            verb = verb.head
        return (
            verb
            if verb.lower_ in BE_FORMS | lexicon.word_classes["proving"] | lexicon.word_classes["seeming"]
            else None
        )
    return None


def _is_of_falsehood(noun: Token, lexicon: DenialLexicon) -> bool:
    """Return True if a label after a preposition is said of the subject: *a pack of lies*, *nothing but lies*."""
    preposition = noun.head
    if preposition.lower_ == "but":
        return True
    return preposition.lower_ == "of" and preposition.head.lower_ in lexicon.word_classes["falsehood_measure"]


def _is_called_false(verb: Token, token: Token, label: FalsehoodLabel, subject: Token) -> bool:
    """Return True if a predicate says of its subject that it is false, or that it is not true."""
    negated = (
        any(k.dep_ == "neg" for k in verb.children)
        or any(k.lower_ in ("no", "not", "hardly") for k in token.children)
        or subject.lower_ in NEGATIVE_SUBJECTS
    )
    return (label.part_of_speech == "truth") == negated


def _is_said_of_claim(
    verb: Token, token: Token, label: FalsehoodLabel, subject: Token, lexicon: DenialLexicon
) -> bool:
    """Return True if what a predicate calls false is a claim, or who made it, where its label requires that."""
    about_claim = subject.lower_ in lexicon.claim_nouns or subject.lower_ in CLAIM_PRONOUNS
    about_claim = about_claim or any(t.lower_ in DEMONSTRATIVES and t.dep_ == "pobj" for t in subject.subtree)
    checkable = lexicon.word_classes["checkable"]
    names_claim = any(t.lower_ in lexicon.claim_nouns for t in subject.subtree) or subject.lower_ in checkable
    if label.needs == "claim" or label.part_of_speech == "truth":
        complemented = any(
            k.lower_ in PERSONAL_COMPLEMENTS for k in [*token.children, *token.rights, *verb.rights]
        ) or bool(_get_infinitives(token, verb))
        personal = token.lower_ in lexicon.word_classes["personal"] and (complemented or is_person(subject))
        return about_claim or names_claim or personal
    return True


def _is_wrong_in_fact(token: Token, verb: Token, subject: Token, lexicon: DenialLexicon) -> bool:
    """Return False if *wrong* is a fault or a bad deed: *the wrong day*, *what was wrong with it*, *wrong to sell*."""
    noun = token.head
    if token.dep_ == "amod" and noun.lower_ not in lexicon.claim_nouns:
        return False
    if subject.tag_ in ("WP", "WDT") and any(k.lower_ == "with" for k in [*token.children, *verb.children]):
        return False
    return all(k.lower_ in lexicon.word_classes["claiming"] for k in _get_infinitives(token, verb))


def _get_infinitives(token: Token, verb: Token) -> list[Token]:
    """Return the infinitives that complement a predicate: *wrong to say that*."""
    after = [k for k in [*token.children, *verb.children] if k.i > token.i]
    return [k for k in after if k.tag_ == "VB" and any(t.tag_ == "TO" for t in k.children)]


def is_person(subject: Token) -> bool:
    """Return True if a subject is a person, who can be wrong: *she is wrong*."""
    clauses = get_children(subject, "relcl")
    return subject.lower_ in PERSONAL_SUBJECTS or subject.ent_type_ == "PERSON" or bool(clauses)


def _is_hypothetical(verb: Token) -> bool:
    """Return True if a clause is conditional, has a modal or asks."""
    return any(k.tag_ == "MD" for k in verb.children) or _is_conditional(verb)


def _is_conditional(verb: Token) -> bool:
    """Return True if a clause is conditional, gives a time (*when he is wrong*) or asks."""
    if verb.dep_ == "advcl" and any(k.i < verb.i and k.lower_ in TIME_CONJUNCTIONS for k in verb.children):
        return True
    return any(k.lower_ in CONDITIONAL_CONJUNCTIONS for k in verb.children) or verb.sent[-1].text == "?"


def get_main_clause(verb: Token) -> TokenRange:
    """Return the clause of a verb without clauses that only accompany it, and without a mark before it."""
    start, end = get_subtree_range(verb)
    own = [k for k in verb.children if k.dep_ in ("nsubj", "nsubjpass", "csubj", "expl")]
    if own:
        start = own[0].left_edge.i
    for child in verb.children:
        if child.i > verb.i and child.dep_ in ("conj", "parataxis") and has_subject(child):
            end = min(end, child.left_edge.i)
    return start, end


def find_attributive_labels(words: Sequence[Token], lexicon: DenialLexicon) -> Iterator[DenialAct]:
    """Yield *baseless claims*, *the debunked story that*: a label on a noun that is a claim."""
    for token in words:
        label = lexicon.find_label(token)
        noun = token.head
        if noun.dep_ == "amod" and noun.head.i > noun.i:
            noun = noun.head
        if (
            token.dep_ not in ("amod", "compound", "conj")
            or token.i >= noun.i
            or noun.lower_ not in lexicon.claim_nouns
        ):
            continue
        certain = lexicon.claim_nouns[noun.lower_] == "" or has_content_clause(noun)
        is_false = (
            label is not None
            and label.part_of_speech == "adjective"
            and (label.needs == "" or has_content_clause(noun))
        )
        if _is_any_statement(noun):
            continue
        if certain and (token.lower_ in lexicon.word_classes["completed"] or is_false):
            yield DenialAct(
                "labelling", token, None, get_subtree_range(noun), "label-on-claim", asserted=True
            )


def _is_any_statement(noun: Token) -> bool:
    """Return True if a plural noun without a determiner names no statement in particular: *making false statements*."""
    determined = any(k.dep_ in ("det", "poss", "acl", "relcl") for k in noun.children)
    return noun.lower_ == "statements" and not determined


def find_label_nouns(words: Sequence[Token], lexicon: DenialLexicon) -> Iterator[DenialAct]:
    """Yield *the lie that the vote was rigged*, *these conspiracy theories*: a claim named by its label."""
    for token in words:
        label = lexicon.find_label(token)
        if (
            label != UNCONDITIONAL_NOUN_LABEL
            or token.dep_ in ("attr", "oprd", "compound")
            or not token.tag_.startswith("NN")
        ):
            continue
        if (
            token.dep_ == "dobj"
            and token.head.lower_ in lexicon.telling_verbs
            and is_factual(token.head, lexicon)
        ):
            yield DenialAct("labelling", token, None, get_main_clause(token.head), "label", asserted=True)
        elif has_content_clause(token) or any(
            k.lower_ in TOPIC_MARKERS or k.dep_ == "poss" for k in token.children
        ):
            yield DenialAct(
                "labelling", token, None, get_subtree_range(token), "label-on-claim", asserted=True
            )


def find_label_fragments(words: Sequence[Token], lexicon: DenialLexicon) -> Iterator[DenialAct]:
    """Yield labels that are sentences of their own: *Not true*, *Untrue: all five ran on diesel*, *A wicked lie!*."""
    for token in words:
        label = lexicon.find_label(token)
        if label is None or token.i + 1 >= len(token.doc) or token.nbor().text not in FRAGMENT_ENDS:
            continue
        start = token.i
        while start > 0 and _is_fragment_word(token.doc[start - 1]):
            start -= 1
        if not _is_fragment_start(token.doc[start]):
            continue
        denied = any(t.lower_ == "not" for t in token.doc[start : token.i])
        if denied == (label.part_of_speech == "truth"):
            yield DenialAct("labelling", token, None, (start, token.i + 1), "label", asserted=True)


def _is_fragment_start(token: Token) -> bool:
    """Return True if a sentence begins at a token, or a quotation or the text after a colon that begins there."""
    if token.i == 0 or token.is_sent_start or token.nbor(-1).text in (":", "\n", "\n\n"):
        return True
    if token.nbor(-1).text not in FRAGMENT_STARTS:
        return False
    return (
        token.i == 1
        or token.nbor(-1).is_sent_start
        or token.nbor(-2).text in (":", "\n", "\n\n", ",", "”", ".")
    )


def _is_fragment_word(token: Token) -> bool:
    """Return True if a word can precede a label in a sentence without a verb."""
    if token.lower_ in ("a", "an", "not"):
        return True
    return token.tag_ in ("RB", "JJ") and token.text not in FRAGMENT_STARTS
