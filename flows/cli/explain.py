"""``counterclaim explain``: the statements of a text with their rules, and the cue words that made no statement."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from flows.runtime.settings import DEFAULT_MODEL
from flows.text_formats import TERMINAL_WIDTH

if TYPE_CHECKING:
    from rich.text import Text

    from tasks.analysis import DocumentAnalysis
    from tasks.document.records import Document, Span, Statement
    from tasks.knowledge import Knowledge

CONTEXT_CHARS = 16
"""characters shown before and after a cue word that made no statement"""
ROLE_MARKS = {"source": ("{}", "cyan"), "cue": ("<>", "bold magenta"), "content": ("[]", "green")}
"""role → its brackets and its style"""


def explain(file: Annotated[Path, Parameter(name="FILE")], /, *, model: str = DEFAULT_MODEL) -> int:
    """Show each statement of a text with its source, cue and content marked, its rule and its confidence.

    Marks: `{source}`, `<cue>`, `[content]`. Cue words that made no statement follow at the end, with the reason.

    Example: `counterclaim explain seeds/articles/000_02ffea24f9199195.txt`

    Args:
        file: A .txt, .html or .jsonl file.
        model: Package of the spaCy pipeline.
    """
    from rich.console import Console

    from flows.cli.preconditions import check_model

    check_model(model)
    from tasks.knowledge import load_knowledge

    documents = list(_read_usable_documents(file))
    knowledge = load_knowledge(model)
    console = Console(width=TERMINAL_WIDTH, highlight=False)
    for document in documents:
        for line in _explain_document(document, knowledge):
            console.print(line, soft_wrap=False)
    return 0


def _read_usable_documents(file: Path) -> Iterator["Document"]:
    """Yield the documents of a file; raise InputError with the reason for a document that cannot be used."""
    from tasks.document.records import Metadata, Rejected
    from tasks.read.cleaning import clean_document
    from tasks.read.readers import read_documents
    from warehouse.errors import InputError

    for raw in read_documents([str(file)], Metadata()):
        document = raw if isinstance(raw, Rejected) else clean_document(raw)
        if isinstance(document, Rejected):
            raise InputError(f"{document.source_uri} cannot be used: {document.reason}. {document.detail}")
        yield document


def _explain_document(document: "Document", knowledge: "Knowledge") -> Iterator["Text"]:
    """Yield the lines that explain one document."""
    from rich.text import Text

    from tasks.analysis import analyse_document
    from tasks.attribution.statements import find_rejected_cues
    from tasks.document.parser import parse_texts

    doc = next(parse_texts([document.text], knowledge.nlp))
    analysis = analyse_document(document, doc, knowledge)
    yield Text(f"{document.source_uri}: {len(analysis.statements)} statements", style="bold")
    for number in range(len(analysis.statements)):
        yield from _explain_statement(number, analysis, document.text)
    used = {s.cue for s in analysis.statements}
    others = (
        (doc.view.to_source(span), reason) for span, reason in find_rejected_cues(doc, knowledge.cue_lexicon)
    )
    rest = [(span, reason) for span, reason in others if span not in used]
    yield Text(f"\n{len(rest)} cue words that made no statement", style="bold")
    for (start, end), reason in rest:
        left, right = max(start - CONTEXT_CHARS, 0), min(end + CONTEXT_CHARS, len(document.text))
        context = (
            _collapse_whitespace(document.text[left:start]),
            document.text[start:end],
            _collapse_whitespace(document.text[end:right]),
        )
        yield Text.assemble(f"{reason}: …", context[0], (context[1], "bold yellow"), context[2], "…")


def _explain_statement(number: int, analysis: "DocumentAnalysis", text: str) -> Iterator["Text"]:
    """Yield the facts on one statement, then its text with marks."""
    from rich.text import Text

    statement, resolved = analysis.statements[number], analysis.resolved[number]
    denials = [
        f"#{link.claim + 1}" if link.claim is not None else "a claim that the text does not state"
        for link in analysis.links
        if link.denial == number
    ]
    speaker = (
        f"speaker {_get_longest_entity_name(resolved.speaker_id, analysis)} ({resolved.speaker_resolution})"
    )
    facts = [statement.kind, f"rule {statement.rule}", f"confidence {statement.confidence:.2f}", speaker]
    facts += [f"denies {', '.join(denials)}"] if denials else []
    yield Text(f"\n#{number + 1} " + " · ".join(facts), style="bold red" if denials else "bold")
    yield _mark_roles(statement, text)


def _get_longest_entity_name(entity_id: str | None, analysis: "DocumentAnalysis") -> str:
    """Return the longest name by which a document mentions an entity."""
    forms = (m.text for m in analysis.mentions if m.entity_id == entity_id and not m.pronoun)
    return max(forms, key=len, default=entity_id or "unknown") if entity_id else "unknown"


def _mark_roles(statement: "Statement", text: str) -> "Text":
    """Return the text that a statement covers, with its source, cue and content marked."""
    from rich.text import Text

    spans = list(_list_role_spans(statement))
    edges = sorted({edge for _, span in spans for edge in span})
    line = Text()
    for left, right in zip(edges, [*edges[1:], edges[-1]], strict=True):
        line.append("".join(ROLE_MARKS[role][0][1] for role, (_, end) in spans if end == left))
        line.append("".join(ROLE_MARKS[role][0][0] for role, (start, _) in spans if start == left))
        styles = [ROLE_MARKS[role][1] for role, (start, end) in spans if start <= left < end]
        line.append(_collapse_whitespace(text[left:right]), style=styles[-1] if styles else "dim")
    return line


def _list_role_spans(statement: "Statement") -> Iterator[tuple[str, "Span"]]:
    """Yield the spans of a statement with their roles; content comes first, so that the others show inside it."""
    for span in statement.content:
        yield "content", span
    if statement.source:
        yield "source", statement.source
    if statement.cue:
        yield "cue", statement.cue


def _collapse_whitespace(text: str) -> str:
    """Return text with each run of white space replaced by one space."""
    squeezed = " ".join(text.split())
    return f"{' ' if text[:1].isspace() else ''}{squeezed}{' ' if text[-1:].isspace() and squeezed else ''}"
