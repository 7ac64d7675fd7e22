"""``counterclaim explain``: why each row of a text exists, and why other cue words made none."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from flows.runtime.settings import MODEL

if TYPE_CHECKING:
    from rich.text import Text

    from tasks.document.records import Document, Span, Statement
    from tasks.extraction import Knowledge, Reading

WIDTH = 80
ROLES = {"source": ("{}", "cyan"), "cue": ("<>", "bold magenta"), "content": ("[]", "green")}


def explain(file: Annotated[Path, Parameter(name="FILE")], /, *, model: str = MODEL) -> int:
    """Show each statement of a text with its source, cue and content marked, its rule and its confidence.

    Marks: `{source}`, `<cue>`, `[content]`. At the end come the cue words that made no statement, with the reason.

    Example: `counterclaim explain seeds/articles/000_02ffea24f9199195.txt`

    Args:
        file: A .txt, .html or .jsonl file.
        model: Package of the spaCy pipeline.
    """
    from rich.console import Console

    from flows.cli.preconditions import check_model

    check_model(model)
    from tasks.extraction import load_knowledge

    documents = list(read(file))
    knowledge = load_knowledge(model)
    console = Console(width=WIDTH, highlight=False)
    for document in documents:
        for line in explanation(document, knowledge):
            console.print(line, soft_wrap=False)
    return 0


def read(file: Path) -> Iterator["Document"]:
    """Yield the documents of a file; a document that cannot be used ends the command with its reason."""
    from tasks.document.records import Metadata, Rejected
    from tasks.read.cleaning import clean
    from tasks.read.readers import read_documents
    from tasks.read.source_files import InputError

    for raw in read_documents([str(file)], Metadata()):
        document = raw if isinstance(raw, Rejected) else clean(raw)
        if isinstance(document, Rejected):
            raise InputError(f"{document.source_uri} cannot be used: {document.reason}. {document.detail}")
        yield document


def explanation(document: "Document", knowledge: "Knowledge") -> Iterator["Text"]:
    """Yield the lines that explain one document."""
    from rich.text import Text

    from tasks.attribution.statements import untaken
    from tasks.document.parser import parse
    from tasks.extraction import understand

    doc = next(parse([document.text], knowledge.nlp))
    reading = understand(document, doc, knowledge)
    yield Text(f"{document.source_uri}: {len(reading.statements)} statements", style="bold")
    for number in range(len(reading.statements)):
        yield from told(number, reading, document.text)
    used = {s.cue for s in reading.statements}
    rest = [(span, reason) for span, reason in untaken(doc, knowledge.lexicon) if span not in used]
    yield Text(f"\n{len(rest)} cue words that made no statement", style="bold")
    for (start, end), reason in rest:
        left, right = max(start - 16, 0), min(end + 16, len(document.text))
        context = (
            one_line(document.text[left:start]),
            document.text[start:end],
            one_line(document.text[end:right]),
        )
        yield Text.assemble(f"{reason}: …", context[0], (context[1], "bold yellow"), context[2], "…")


def told(number: int, reading: "Reading", text: str) -> Iterator["Text"]:
    """Yield what is known of one statement, and the text with its marks."""
    from rich.text import Text

    s, resolved = reading.statements[number], reading.resolved[number]
    denials = [
        f"#{link.claim + 1}" if link.claim is not None else "a claim that stands nowhere here"
        for link in reading.links
        if link.denial == number
    ]
    speaker = f"speaker {name(resolved.speaker_id, reading)} ({resolved.speaker_resolution})"
    facts = [s.kind, f"rule {s.rule}", f"confidence {s.confidence:.2f}", speaker]
    facts += [f"denies {', '.join(denials)}"] if denials else []
    yield Text(f"\n#{number + 1} " + " · ".join(facts), style="bold red" if denials else "bold")
    yield marked(s, text)


def name(entity_id: str | None, reading: "Reading") -> str:
    """Return the longest form by which a document mentions an entity."""
    forms = (m.text for m in reading.mentions if m.entity_id == entity_id and not m.pronoun)
    return max(forms, key=len, default=entity_id or "unknown") if entity_id else "unknown"


def marked(statement: "Statement", text: str) -> "Text":
    """Return the stretch of text that a statement covers, its source, cue and content marked."""
    from rich.text import Text

    spans = list(role_spans(statement))
    edges = sorted({edge for _, span in spans for edge in span})
    line = Text()
    for left, right in zip(edges, [*edges[1:], edges[-1]], strict=True):
        line.append("".join(ROLES[role][0][1] for role, (_, end) in spans if end == left))
        line.append("".join(ROLES[role][0][0] for role, (start, _) in spans if start == left))
        styles = [ROLES[role][1] for role, (start, end) in spans if start <= left < end]
        line.append(one_line(text[left:right]), style=styles[-1] if styles else "dim")
    return line


def role_spans(statement: "Statement") -> Iterator[tuple[str, "Span"]]:
    """Yield the spans of a statement with their roles, content first so that the others show inside it."""
    for span in statement.content:
        yield "content", span
    if statement.source:
        yield "source", statement.source
    if statement.cue:
        yield "cue", statement.cue


def one_line(text: str) -> str:
    """Return text with each run of white space as one space."""
    squeezed = " ".join(text.split())
    return f"{' ' if text[:1].isspace() else ''}{squeezed}{' ' if text[-1:].isspace() and squeezed else ''}"
