"""Sources: from a cue to the head of the noun phrase of its source, and from the head to the phrase."""

from collections.abc import Collection

from tasks.attribution.reporting_words import ReportingWords
from tasks.document.doc import Doc, Token
from tasks.document.token_ranges import TokenRange, get_subtree_range, subtract_ranges, trim_range

SUBJECT_RELATIONS = frozenset(["nsubj", "nsubjpass"])
FINITE_TAGS = frozenset(["VBD", "VBZ", "VBP"])
PASSIVE_RELATIONS = frozenset(["nsubjpass", "auxpass"])
PERFECT_AUXILIARIES = frozenset(["have", "has", "had", "having", "'ve", "’ve", "'d", "’d", "'s", "’s"])
# fmt: off
SOURCE_PRONOUNS = frozenset([
    "i", "me", "you", "he", "him", "she", "her", "it", "we", "us", "they", "them", "who", "whom", "that", "which",
    "this", "these", "those", "one", "his", "hers", "its", "their", "theirs", "our", "my", "your",
])
# fmt: on
DETACHED_RELATIONS = frozenset(
    ["relcl", "acl", "advcl", "ccomp", "parataxis", "appos", "conj", "cc", "punct"]
)
"""relations of dependents that are no part of the name of a noun phrase"""
INVERSION_MARKS = frozenset([",", "”", '"', "''"])
CHARGING_PARTICIPLES = frozenset(["accused", "convicted", "suspected"])
OBJECT_CONTROL = frozenset(["against", "as", "for", "from", "of", "into"])
"""prepositions before a gerund whose subject is the object of the verb"""
MAX_CLIMBS = 8
SPEAKING_ENTITIES = frozenset(["PERSON", "ORG", "GPE", "NORP"])


BLAMED_COPULAS = frozenset(["is", "are", "was", "were", "be", "been", "'s", "'re", "’s", "’re"])


def is_passive(verb: Token) -> bool:
    """Return True if a verb is in the passive, reduced passives (*asked about it, she left*) included."""
    if _is_reduced_clause(verb):
        return True
    if verb.tag_ != "VBN":
        return _is_blamed_subject(verb)
    if any(child.dep_ in PASSIVE_RELATIONS for child in verb.children):
        return True
    own = any(child.dep_ == "nsubj" or child.lower_ in PERFECT_AUXILIARIES for child in verb.children)
    # *He was praised by the crew and accused by the firm of lying*.
    is_second = verb.dep_ == "conj" and any(child.dep_ == "agent" for child in verb.children)
    return not own and (is_second or verb.dep_ in ("acl", "advcl", "amod"))


def _is_reduced_clause(verb: Token) -> bool:
    """Return True for a past form right after a conjunction: *when asked about it*, however the verb is tagged."""
    if verb.tag_ not in ("VBD", "VBN") or verb.dep_ != "advcl" or verb.left_edge.i != verb.i - 1:
        return False
    return verb.left_edge.tag_ in ("WRB", "IN") and verb.left_edge.dep_ in ("advmod", "mark")


def _is_blamed_subject(verb: Token) -> bool:
    """Return True if the subject of an infinitive suffers it: *the firm is to blame*."""
    copula = verb.head
    return (
        verb.lower_ == "blame"
        and verb.dep_ == "xcomp"
        and any(k.tag_ == "TO" for k in verb.lefts)
        and any(k.dep_ in SUBJECT_RELATIONS for k in copula.lefts)
        and copula.lower_ in BLAMED_COPULAS
    )


def _get_own_subject(verb: Token) -> Token | None:
    """Return the head of the verb's own subject, the nearest of several, or None."""
    subjects = [child for child in verb.children if child.dep_ in SUBJECT_RELATIONS]
    before = [child for child in subjects if child.i < verb.i]
    if len(before) < len(subjects) and verb.i and verb.nbor(-1).text in INVERSION_MARKS:
        # *The pledge to build it pleases many, said Ann Lee*: what stands before the mark is said.
        return next(child for child in subjects if child.i > verb.i)
    while len(before) > 1 and any(k.text == "(" for k in before[-1].lefts):
        # *Holm Ltd. (“the Company”) denies it*: a subject in brackets is another name of the one before it.
        before.pop()
    return _skip_address(before[-1], verb) if before else next(iter(subjects), None)


def _skip_address(subject: Token, verb: Token) -> Token:
    """Return the subject, or the noun after a comma where the parser took whom somebody addresses for the subject.

    In *Colonel, the rebels say* no comma ends the apposition that the parser sees.
    """
    following = [k for k in subject.rights if k.dep_ == "appos"]
    if len(following) != 1 or subject.left_edge is not subject or not subject.is_sent_start:
        return subject
    spoken_to = subject.nbor().text == "," and following[0].right_edge.i + 1 == verb.i
    return following[0] if spoken_to else subject


def find_subject(verb: Token, words: ReportingWords) -> Token | None:
    """Return the head of the verb's subject, shared and controlled ones included, or None.

    The second verb of a coordination takes the subject of the first; a participle that of its clause; an
    infinitive that of its controller; a reduced relative clause the noun that it modifies, or the issuer of
    a document named so (*she issued a statement saying*).
    """
    if (denied := _find_denied_speaker(verb, words)) is not None:
        return denied
    subject, described = _find_nearest_subject(verb)
    # A longer chain of documents, each named in the other, is no sentence that somebody wrote.
    for _ in range(MAX_CLIMBS):
        if described is None:
            return subject
        subject = described
        if (issuing := _find_issuing_verb(described, words)) is None:
            return subject
        above, described = _find_nearest_subject(issuing)
        subject = above or subject
    return subject


def _find_denied_speaker(verb: Token, words: ReportingWords) -> Token | None:
    """Return the noun right before a participle if it is part of what somebody denies, or None.

    *Denied the rumours of the press saying that it was late*: the press says it.
    """
    if verb.tag_ != "VBG" or not verb.i or verb.dep_ not in ("acl", "advcl"):
        return None
    noun = token = verb.nbor(-1)
    if not noun.tag_.startswith("NN"):
        return None
    for _ in range(MAX_CLIMBS):
        if token.dep_ not in ("dobj", "pobj", "prep"):
            break
        token = token.head
    return noun if token.lower_ in words.word_classes["denying"] else None


def _find_nearest_subject(verb: Token) -> tuple[Token | None, Token | None]:
    """Return the subject of a verb or of a clause above it, and the noun that a reduced one modifies."""
    token = find_reporting_clause(verb)
    for _ in range(MAX_CLIMBS):
        if (own := _get_own_subject(token)) is not None:
            main = _find_speaker_around_clause(own, token, verb)
            return main or _prefer_agent(own, token, verb), None
        head = token.head
        if token.dep_ == "pcomp" and (blamed := _find_blamed_object(head)) is not None:
            return blamed, None
        if token.dep_ == "acl":
            spoken = _find_subject_of_relative(token) if token.i == verb.i else None
            return (spoken, None) if spoken is not None else (None, head)
        if token.dep_ == "xcomp" and token.i == verb.i and (controller := _get_object(head)) is not None:
            return controller, None
        if token.dep_ in ("ROOT", "relcl", "csubj", "ccomp") or head.i == token.i:
            return None, None
        token = head
    return None, None


def _find_subject_of_relative(participle: Token) -> Token | None:
    """Return the subject of the relative clause before a participle: *the plan, which Lee called weak, saying that*."""
    if participle.tag_ != "VBG" or not is_after_comma(participle):
        return None
    clauses = [k for k in participle.head.rights if k.dep_ == "relcl" and k.i < participle.i]
    subjects = (
        [k for k in clauses[-1].lefts if k.dep_ == "nsubj" and k.tag_.startswith("NN")] if clauses else []
    )
    return subjects[-1] if subjects else None


def _find_speaker_around_clause(subject: Token, clause: Token, participle: Token) -> Token | None:
    """Return the subject of the sentence if a participle was attached to a clause about a thing, or None.

    *Boyd attacked a bill that would open the port, telling the station that*: no bill tells.
    """
    is_attached = participle is not clause and participle.tag_ == "VBG" and is_after_comma(participle)
    if not is_attached or subject.tag_ != "WDT" or clause.dep_ != "relcl":
        return None
    root = participle.sent.root
    return _get_own_subject(root) if root.tag_.startswith("VB") and root.i < clause.i else None


def _prefer_agent(subject: Token, clause: Token, participle: Token) -> Token:
    """Return the agent of a passive clause whose subject is a thing: *The appeal was heard by Judge Lee, saying that*.

    Only a person speaks in the participle after it.
    """
    is_thing = subject.ent_type_ not in SPEAKING_ENTITIES and subject.tag_ in ("NN", "NNS")
    if participle is clause or participle.tag_ != "VBG" or participle.i < clause.i or not is_thing:
        return subject
    agents = [o for by in clause.rights if by.dep_ == "agent" for o in by.rights if o.dep_ == "pobj"]
    near = [agent for agent in agents if agent.i < participle.i and agent.ent_type_ not in ("DATE", "TIME")]
    return near[-1] if near and subject.dep_ == "nsubjpass" else subject


def find_reporting_clause(verb: Token) -> Token:
    """Return the clause that a participle or second verb belongs to where the parser attached it one too deep.

    In "she said it had failed, adding that ..." and "she said it had failed and denied that ..." the speaker of
    the second cue is the speaker of the first, whatever clause the parser chose.
    """
    head = verb.head
    if verb.dep_ == "advcl" and verb.tag_ == "VBG" and is_after_comma(verb):
        while head.dep_ == "ccomp" and head.head.i < head.i and head.head.tag_.startswith("VB"):
            head = head.head
            verb = head
    elif verb.dep_ == "conj" and head.dep_ == "ccomp" and head.head.i < head.i and _is_second_report(verb):
        return head.head
    return verb


def _is_second_report(verb: Token) -> bool:
    """Return True if a verb after *and* goes on with the reporting verb, not with the clause that it reports.

    *The police said their officers had left and denied it*: the tense changes, or the clause is about somebody of the
    speaker's.
    """
    first, report = verb.head, verb.head.head
    subject = _get_own_subject(first)
    owned = subject is not None and any(k.dep_ == "poss" and k.tag_ == "PRP$" for k in subject.lefts)
    if report.tag_ not in FINITE_TAGS or any(k.dep_ in SUBJECT_RELATIONS for k in verb.children):
        return False
    if verb.tag_ == report.tag_:
        is_perfect = first.tag_ == "VBN" and _get_tense_tag(first) in FINITE_TAGS
        return is_perfect or owned or _get_tense_tag(first) != verb.tag_ or _is_thing(subject)
    # *Its pipes had been repaired and denied it*: the tagger takes the second verb for another participle.
    return verb.tag_ == "VBN" == first.tag_ and report.tag_ == "VBD" and (owned or _is_thing(subject))


def _is_thing(noun: Token | None) -> bool:
    """Return True for a common noun in the singular that is no name to the model: *the bridge*, not *officials*."""
    return noun is not None and noun.tag_ == "NN" and not noun.ent_type_


def is_after_comma(token: Token) -> bool:
    """Return True if a comma or dash precedes a clause."""
    first = token.left_edge.i
    if first > 1 and token.doc[first - 1].text in ("”", '"', "''"):
        first -= 1
    return first > 0 and token.doc[first - 1].text in (",", "—", "–", "--")


def _get_tense_tag(verb: Token) -> str:
    """Return the tag of the tensed verb of a clause: the verb itself, or its first auxiliary."""
    return next((k.tag_ for k in verb.children if k.dep_ in ("aux", "auxpass")), verb.tag_)


def _find_blamed_object(preposition: Token) -> Token | None:
    """Return who does what follows a preposition: *criticised the mayor for saying*, *quoted her as saying*."""
    if preposition.lower_ not in OBJECT_CONTROL:
        return None
    head = preposition.head
    if head.dep_ == "dobj" and (head.ent_type_ or head.tag_ == "PRP"):
        return head
    objects = [
        k
        for k in head.children
        if k.dep_ in ("dobj", "dative") and (head.i < k.i < preposition.i or k.tag_ in ("WP", "WDT"))
    ]
    return objects[0] if objects and head.tag_.startswith("VB") and not is_passive(head) else None


def _find_issuing_verb(noun: Token, words: ReportingWords) -> Token | None:
    """Return the verb by which somebody speaks through a document: *issued* of *she issued a statement*, or None."""
    head = noun.head
    if noun.dep_ in ("dobj", "pobj") and noun.lower_ in words.speech_acts:
        while head.dep_ in ("prep", "pobj"):
            head = head.head
        if head.tag_.startswith("VB") and not is_passive(head):
            return head
    return None


def _get_object(verb: Token) -> Token | None:
    """Return the head of the verb's direct or indirect object before an infinitive, or None."""
    return next(
        (child for child in verb.children if child.dep_ in ("dobj", "dative") and child.dep_ != "prep"), None
    )


def _get_agent(verb: Token) -> Token | None:
    """Return the head of the *by* phrase of a passive, or None."""
    for child in verb.children:
        if child.dep_ == "agent" or (child.dep_ == "prep" and child.lower_ == "by"):
            return next((k for k in child.children if k.dep_ == "pobj"), None)
    by = find_agent_after_gerund(verb)
    return None if by is None else next(k for k in by.children if k.dep_ == "pobj")


def find_agent_after_gerund(verb: Token) -> Token | None:
    """Return the *by* of an agent that the parser attached to an active gerund: *was accused of lying by the union*."""
    for preposition in verb.children:
        for gerund in preposition.children if preposition.dep_ == "prep" else ():
            if gerund.dep_ != "pcomp" or gerund.tag_ != "VBG" or is_passive(gerund):
                continue
            for child in gerund.rights:
                is_last = child.lower_ == "by" and child.right_edge.i == gerund.right_edge.i
                if is_last and any(k.dep_ == "pobj" for k in child.children):
                    return child
    return None


def find_verb_source(verb: Token, words: ReportingWords) -> Token | None:
    """Return the head of the noun phrase that a verb names as its source, or None."""
    return _get_agent(verb) if is_passive(verb) else find_subject(verb, words)


def find_noun_source(noun: Token, words: ReportingWords) -> Token | None:
    """Return the head of the source of a claim noun: possessor, *by* phrase, or subject of its light verb."""
    for child in noun.children:
        if child.dep_ == "poss":
            return child
    for child in noun.children:
        if child.dep_ == "prep" and child.lower_ in ("by", "from", "among"):
            return next((k for k in child.children if k.dep_ == "pobj"), None)
    head = noun.head
    if noun.dep_ == "dobj" and head.lower_ in words.light_verbs:
        return find_verb_source(head, words)
    return None


def find_adjective_source(adjective: Token, words: ReportingWords) -> Token | None:
    """Return who is *confident*, *afraid* or *willing*: the subject of the copula, or the noun described."""
    head = adjective.head
    if adjective.dep_ == "ROOT" or adjective.dep_ == "relcl":
        return _get_own_subject(adjective)
    if adjective.dep_ in ("acomp", "oprd", "conj") and head.tag_.startswith("VB"):
        return find_subject(head, words)
    return (
        head if adjective.dep_ in ("amod", "acl", "appos") and head.tag_.startswith(("NN", "PRP")) else None
    )


def get_source_phrase(doc: Doc, head: Token, cue: Token) -> TokenRange:
    """Return the noun phrase of a source: title, apposition and names, without clauses and without the cue."""
    holes = [
        get_subtree_range(child)
        for child in head.subtree
        if child.i != head.i and _is_outside_phrase(child, head, cue)
    ]
    pieces = subtract_ranges(get_subtree_range(head), holes)
    start, end = next((p for p in pieces if p[0] <= head.i < p[1]), (head.i, head.i + 1))
    start, end = (start, min(end, cue.i)) if head.i < cue.i else (max(start, cue.i + 1), end)
    start, end = trim_range(doc, _cut_at_marks(doc, (_find_office_start(doc, head, start), end), head))
    # A phrase that only marks and line breaks are left of is its head alone.
    return (start, end) if start < end else (head.i, head.i + 1)


def get_coordinated_nouns(noun: Token) -> list[Token]:
    """Return a noun and the nouns that are coordinated with it."""
    found = [noun]
    while following := [k for k in found[-1].rights if k.dep_ == "conj" and k.tag_.startswith(("NN", "PRP"))]:
        found.append(following[0])
    return found


def get_noun_phrase(doc: Doc, head: Token) -> TokenRange:
    """Return the noun phrase of a head without its clauses, appositions and coordinated nouns."""
    holes = [get_subtree_range(k) for k in head.children if k.dep_ in DETACHED_RELATIONS]
    pieces = subtract_ranges(get_subtree_range(head), holes)
    piece = next((p for p in pieces if p[0] <= head.i < p[1]), (head.i, head.i + 1))
    start, end = trim_range(doc, _cut_at_marks(doc, piece, head))
    return (start, end) if start <= head.i < end else (head.i, head.i + 1)


def _find_office_start(doc: Doc, head: Token, start: int) -> int:
    """Return where a source begins whose office the parser made a subject of its own: *Its director, Ann Lee*."""
    offices = [k for k in head.head.children if k.dep_ in SUBJECT_RELATIONS and k.i < head.i]
    if (
        head.dep_ in SUBJECT_RELATIONS
        and offices
        and start == offices[-1].right_edge.i + 2
        and doc[start - 1].text == ","
    ):
        return offices[-1].left_edge.i
    return start


def _is_outside_phrase(child: Token, head: Token, cue: Token) -> bool:
    """Return True if a dependent is no part of a source's name: clauses, conjunctions, the clause of the cue."""
    if child.i < head.i:
        return child.head.i == head.i and child.dep_ in ("cc", "preconj")
    if child.dep_ in ("relcl", "advcl", "ccomp", "parataxis"):
        return True
    if child.dep_ == "prep" and any(k.dep_ == "pcomp" for k in child.children):
        return True
    if child.head.i == head.i and _is_charge(child, cue):
        return True
    if child.dep_ != "acl":
        return False
    return is_after_comma(child) or child.left_edge.i <= cue.i <= child.right_edge.i


def _is_charge(preposition: Token, cue: Token) -> bool:
    """Return True if *of* after the agent of a passive begins the charge: *was accused by the union of theft*."""
    agent = preposition.head
    is_agent = agent.head.dep_ == "agent" and agent.head.head.i == cue.i
    return is_agent and preposition.lower_ == "of" and cue.lower_ in CHARGING_PARTICIPLES


def _cut_at_marks(doc: Doc, piece: TokenRange, head: Token) -> TokenRange:
    """Return the phrase, cut at a line break or quotation mark next to its head."""
    (start, end), tokens = piece, doc.tokens
    before = [t.i for t in tokens[start : head.i] if t.text in PHRASE_BARRIERS or "\n" in t.text]
    after = [t.i for t in tokens[head.i : end] if "\n" in t.text or (t.text == "(" and _is_account(t))]
    after += [end - 1] if tokens[end - 1].tag_ == "POS" or tokens[end - 1].text == "“" else []
    return max([start, *(i + 1 for i in before)]), min([end, *after])


def _is_account(bracket: Token) -> bool:
    """Return True if the account of a speaker in social media follows a bracket: *Ann Lee (@annlee)*."""
    return bracket.i + 1 < len(bracket.doc) and bracket.nbor().text.startswith("@")


PHRASE_BARRIERS: Collection[str] = frozenset(["”", "''"])
