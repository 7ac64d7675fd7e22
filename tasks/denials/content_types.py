"""The claim type that a content states itself: *We will sue*, *They should resign*, *I think that it is safe*.

A cue such as *said* leaves the type to the content. Only main clauses of the content count, and an attitude or a plan
only if it is the speaker's own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tasks.accusations.accusation_words import AccusationWords
from tasks.accusations.own_side import is_own_agent
from tasks.attribution.cue_lexicon import CueEntry, CueLexicon
from tasks.attribution.frames.dependents import is_infinitive
from tasks.denials.classified_statements import split_by_sentence
from tasks.document.doc import Doc, Token
from tasks.document.records import ClaimType, Statement
from tasks.document.token_ranges import TokenRange, is_in_ranges

PRECEDENCE: tuple[ClaimType, ...] = ("doubt", "intention", "belief")
"""of several types that clauses of a content state, the first is its type"""
ATTITUDES = frozenset(["intention", "request", "refusal", "belief", "fear", "stance", "doubt"])
"""attitudes of a verb or adjective of a content that give it their type"""
SUBJECTS = ("nsubj", "nsubjpass", "expl")
FUTURE = frozenset(["will", "'ll", "’ll", "wo", "shall"])
REPORTED_FUTURE = FUTURE | {"would", "'d", "’d"}
"""auxiliaries of the future in indirect speech; in direct speech *would* is a condition"""
OBLIGATIONS = frozenset(["should", "must", "ought"])
NEEDS = frozenset(["need", "needs", "have", "has"])
FINITE_PRESENT = frozenset(["VBP", "VBZ"])
COPULAS = frozenset(["is", "are", "'s", "’s", "'re", "’re", "'m", "’m", "am", "be"])
PAST_COPULAS = frozenset(["was", "were"])
PERFECT = frozenset(["have", "'ve", "’ve"])
COMMAND_WORDS = frozenset(
    ["please", "do", "don't", "don’t", "n't", "n’t", "not", "never", "just", "so", "now", "and", "but"]
)
"""what may stand before a verb in the imperative"""
MAX_COMMAND_OPENING = 6
"""tokens before a verb in the imperative"""
MAX_CLIMBS = 8
"""coordinated verbs up to the one whose subject and auxiliaries they share"""
CLAUSE_FRAMES = frozenset(["that", "before", "around", "quote"])
FRAME_RELATIONS = {"ccomp": CLAUSE_FRAMES, "xcomp": frozenset(["inf", "ing"]), "dobj": frozenset(["np"])}
"""the frames of a cue that a child of each relation fills"""


@dataclass(frozen=True)
class ContentTypeRules:
    """The words by which the type of a content is recognised."""

    by_attitude: Mapping[str, ClaimType]
    cues: CueLexicon
    words: AccusationWords
    unplanned: frozenset[str]
    """forms of verbs for what nobody plans to do: *We will see*"""
    addressing: frozenset[str]
    """forms of verbs that only address somebody in the imperative: *Look*, *Thank you*"""
    planned: frozenset[str]
    """nouns for what is planned: *announced plans to sue*"""
    approving: frozenset[str]
    """forms of verbs of approval and opposition, and their nouns: *I support him*, *voiced opposition*"""
    announcing: frozenset[str]
    """forms of verbs by which somebody says what is going to happen by his decision: *announced that the port will*"""


def find_content_type(
    doc: Doc, statement: Statement, content: Sequence[TokenRange], rules: ContentTypeRules
) -> ClaimType | None:
    """Return the type of a claim whose cue only says or judges, by the words of its content, or None."""
    if not content:
        return None
    if statement.rule == "np":
        return _find_noun_type(doc, content, rules) if statement.attitude == "statement" else None
    if _begins_with_question(doc, statement, content):
        return "question"
    found = {_find_clause_type(clause, statement, doc, rules) for clause in _find_main_clauses(doc, content)}
    return next((one for one in PRECEDENCE if one in found), None)


def _find_noun_type(doc: Doc, content: Sequence[TokenRange], rules: ContentTypeRules) -> ClaimType | None:
    """Return the type of the noun that heads a content: *announced plans*, *expressed concern*."""
    start, end = content[0]
    noun = doc[start:end].root
    if noun.lower_ in rules.planned:
        return "intention"
    if noun.lower_ in rules.approving:
        return "belief"
    entry = rules.cues.find(noun) if noun.tag_.startswith("NN") else None
    return _get_entry_type(entry, rules) if entry is not None and entry.attitude != "belief" else None


def _begins_with_question(doc: Doc, statement: Statement, content: Sequence[TokenRange]) -> bool:
    """Return True if quoted words begin with a question."""
    if statement.manner != "direct":
        return False
    start, end = split_by_sentence(doc, content[0])[0]
    return any(t.text == "?" for t in doc[max(start, end - 2) : end])


def _find_main_clauses(doc: Doc, content: Sequence[TokenRange]) -> Iterator[Token]:
    """Yield the verbs of a content that depend on no other word of it, and those coordinated with these."""
    main: set[int] = set()
    for start, end in content:
        for token in doc.tokens[start:end]:
            head = token.head
            is_free = head is token or not is_in_ranges(head.i, content)
            if is_free or (
                token.dep_ in ("conj", "parataxis", "ccomp") and head.i in main and _is_clause(token)
            ):
                main.add(token.i)
                if token.tag_.startswith(("VB", "MD")):
                    yield token


def _is_clause(token: Token) -> bool:
    """Return True if a verb below another begins a main clause: coordinated, or in a sentence that runs on."""
    if token.dep_ == "ccomp":
        # *“We will sue; they lied”*: the parse makes the first clause an object of the second.
        return token.i < token.head.i
    return True


def _find_clause_type(
    verb: Token, statement: Statement, doc: Doc, rules: ContentTypeRules
) -> ClaimType | None:
    """Return the type that a main clause states, or None."""
    if any(k.dep_ == "mark" for k in verb.lefts) and verb.dep_ in ("advcl", "acl"):
        return None
    subject = _find_subject(verb)
    if _asks_others(verb, subject) or _is_command(verb, subject, statement, rules):
        return "intention"
    is_own = subject is not None and is_own_agent(subject, statement, doc, rules.words)
    is_body = subject is not None and subject.lower_ in ("it", "they")
    if _is_announced(verb, statement, doc, rules, is_own=is_own or is_body):
        return "intention"
    if _is_plan(verb, statement, rules, is_own=is_own):
        return "intention"
    return _find_attitude_type(verb, rules) if is_own else None


def _find_subject(verb: Token) -> Token | None:
    """Return the subject of a clause; a coordinated verb shares that of the first."""
    for _ in range(MAX_CLIMBS):
        own = next((k for k in verb.lefts if k.dep_ in SUBJECTS), None)
        if own is not None or verb.dep_ != "conj":
            return own
        verb = verb.head
    return None


def _get_auxiliaries(verb: Token) -> set[str]:
    """Return the auxiliaries of a verb, those that a coordinated verb shares with the first included."""
    for _ in range(MAX_CLIMBS):
        own = {k.lower_ for k in verb.lefts if k.dep_ in ("aux", "auxpass")}
        if own or verb.dep_ != "conj" or verb.tag_ != verb.head.tag_:
            return own
        verb = verb.head
    return set()


def _asks_others(verb: Token, subject: Token | None) -> bool:
    """Return True if a clause says what ought to be done: *They should resign*, *We need to act*, *Let us go*."""
    auxiliaries = _get_auxiliaries(verb)
    if not OBLIGATIONS.isdisjoint(auxiliaries):
        # *must be late* and *should have known* are judgements.
        is_guess = "must" in auxiliaries and verb.lower_ == "be"
        return not is_guess and PERFECT.isdisjoint(auxiliaries)
    if verb.lower_ in NEEDS and verb.tag_ in FINITE_PRESENT:
        return subject is not None and _find_infinitive(verb) is not None
    return (
        verb.lower_ == "let"
        and subject is None
        and verb.tag_ == "VB"
        and any(k.lower_ in ("us", "'s", "’s") for k in _list_objects(verb))
    )


def _is_command(verb: Token, subject: Token | None, statement: Statement, rules: ContentTypeRules) -> bool:
    """Return True if a quoted sentence begins with a command: *Go home*, *Please don't vote*."""
    if (
        statement.manner != "direct"
        or verb.tag_ != "VB"
        or subject is not None
        or verb.lower_ in rules.addressing
    ):
        return False
    start = verb.sent.start
    if verb.i - start > MAX_COMMAND_OPENING:
        return False
    before = [t.lower_ for t in verb.doc[start : verb.i] if not (t.is_punct or t.is_space)]
    return COMMAND_WORDS.issuperset(before)


def _list_objects(verb: Token) -> Iterator[Token]:
    """Yield the children of a verb, and the subjects of the clauses that it takes."""
    for child in verb.rights:
        yield child
        if child.dep_ == "ccomp":
            yield from child.lefts


def _is_plan(verb: Token, statement: Statement, rules: ContentTypeRules, *, is_own: bool) -> bool:
    """Return True if a clause says what the speaker will do, or what is going to be done."""
    action = _find_future_action(verb, statement)
    if action is None or action.lower_ in rules.unplanned or action.lower_ in COPULAS:
        return False
    if is_own:
        return True
    is_passive = any(k.dep_ == "auxpass" for k in action.lefts)
    is_caused = any(k.dep_ == "agent" for k in action.rights)
    is_condition = any(k.dep_ == "advcl" and any(m.lower_ == "if" for m in k.lefts) for k in verb.children)
    return is_passive and not is_caused and not is_condition


def _is_announced(
    verb: Token, statement: Statement, doc: Doc, rules: ContentTypeRules, *, is_own: bool
) -> bool:
    """Return True if what is announced is a decision: *announced that the port would close*, *that it is moving*."""
    if statement.cue_token is None or doc[statement.cue_token].lower_ not in rules.announcing:
        return False
    action = _find_future_action(verb, statement)
    if action is not None:
        return action.lower_ not in rules.unplanned and action.lower_ not in COPULAS
    return is_own and verb.tag_ == "VBG" and not COPULAS.isdisjoint(_get_auxiliaries(verb))


def _find_future_action(verb: Token, statement: Statement) -> Token | None:
    """Return the verb of what will be done: of *will go*, *is going to go*, *is to go*."""
    future = FUTURE if statement.manner == "direct" else REPORTED_FUTURE
    if not future.isdisjoint(_get_auxiliaries(verb)):
        return verb if verb.tag_ in ("VB", "VBN", "VBG") else None
    return _find_infinitive(verb) if verb.lower_ in COPULAS | {"going", "gon"} else None


def _find_infinitive(verb: Token) -> Token | None:
    """Return the infinitive that a verb takes: *leave* of *is to leave*."""
    return next((k for k in verb.rights if k.dep_ == "xcomp" and is_infinitive(k)), None)


def _find_attitude_type(verb: Token, rules: ContentTypeRules) -> ClaimType | None:
    """Return the type of the attitude that a verb or adjective with a complement states, or None."""
    if verb.lower_ in rules.approving and any(k.dep_ in ("dobj", "prep") for k in verb.rights):
        return "belief"
    word = (
        next((k for k in verb.rights if k.dep_ == "acomp"), None)
        if verb.lower_ in COPULAS or verb.lower_ in PAST_COPULAS
        else verb
    )
    if word is None:
        return None
    entry, infinitive = rules.cues.find(word), _find_infinitive(word)
    if entry is None or not _has_complement(word, entry):
        return None
    # *I want to thank her* and *I want to say that* do what they announce.
    if infinitive is not None and _is_speech(infinitive, rules):
        return None
    return _get_entry_type(entry, rules)


def _is_speech(infinitive: Token, rules: ContentTypeRules) -> bool:
    """Return True if an infinitive is of speaking or thanking, which the sentence itself does."""
    entry = rules.cues.find(infinitive)
    return infinitive.lower_ in rules.unplanned or (
        entry is not None and entry.attitude in ("statement", "praise")
    )


def _has_complement(word: Token, entry: CueEntry) -> bool:
    """Return True if a cue has a complement of one of its frames."""
    return any(
        not FRAME_RELATIONS.get(k.dep_, frozenset()).isdisjoint(entry.frames)
        or (k.dep_ == "prep" and k.lower_ in entry.frames)
        for k in word.rights
    )


def _get_entry_type(entry: CueEntry | None, rules: ContentTypeRules) -> ClaimType | None:
    """Return the type of the attitude of a cue; what one knows or finds out is no belief."""
    if entry is None or entry.attitude not in ATTITUDES or entry.factuality == "factive":
        return None
    return rules.by_attitude[entry.attitude]
