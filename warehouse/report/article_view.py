"""An article made ready for its template: statements numbered, denials joined, the text in marked segments."""

from dataclasses import dataclass, field
from typing import Any

from warehouse.report.arc_diagram import course
from warehouse.report.report_scope import Row
from warehouse.report.text_marks import Mark, Segment, mention_mark, segments, statement_marks

LETTER = {"claim": "C", "denial": "D"}


@dataclass(slots=True)
class Piece:
    """A segment with what its element needs: where it leads, what begins here, and its numbered tags."""

    segment: Segment
    classes: str
    rows: list[str]
    """ids of the rows whose marks cover it, innermost first"""
    begins: list[str] = field(default_factory=list)
    """ids of the rows whose first character this is"""
    tags: list[str] = field(default_factory=list)
    notes: list[Row] = field(default_factory=list)
    """statements whose note stands in the margin here"""
    stop: bool = False
    """the keyboard stops here: once a statement and once a mention"""


def present(article: dict[str, Any]) -> dict[str, Any]:
    """Return an article with ``pieces`` of its text, numbered ``statements`` and its ``course``."""
    document, statements = article["document"], _number(article["statements"])
    _join(statements, article["links"])
    marks = {s["statement_id"]: statement_marks(s) for s in statements}
    marks |= {m["mention_id"]: [mention_mark(m)] for m in article["mentions"]}
    handles = {row_id: _handle(of_row) for row_id, of_row in marks.items()}
    pieces = [_piece(s) for s in segments(document["text"], [m for of in marks.values() for m in of])]
    at = {piece.segment.start: piece for piece in pieces}
    for row_id, of_row in marks.items():
        at[min(mark.start for mark in of_row)].begins.append(row_id)
    for statement in statements:
        piece = at[handles[statement["statement_id"]].start]
        piece.tags.append(statement["tag"])
        if statement["kind"] == "denial" or statement["answers"]:
            piece.notes.append(statement)
    for piece in pieces:
        piece.stop = any(
            handles[mark.row_id] == mark and mark.start == piece.segment.start
            for mark in piece.segment.marks[-1:]
        )
    return article | {
        "statements": statements,
        "pieces": pieces,
        "entities": _by_entity(article["mentions"], article["names"]),
        "course": course(statements, article["links"], document["n_chars"]),
    }


def _number(statements: list[Row]) -> list[Row]:
    """Return the statements with ``tag``: C1, C2, ... for claims and D1, D2, ... for denials, in order."""
    seen = dict.fromkeys(LETTER, 0)
    numbered = []
    for statement in statements:
        seen[statement["kind"]] += 1
        tag = f"{LETTER[statement['kind']]}{seen[statement['kind']]}"
        numbered.append(statement | {"tag": tag})
    return numbered


def _join(statements: list[Row], links: list[Row]) -> None:
    """Give each statement its ``answers``: a denial the claims it may answer, a claim its denials.

    A claim is told only of the denials that answer it before any other claim: the rest are guesses.
    """
    by_id = {s["statement_id"]: s for s in statements}
    place = {row_id: i for i, row_id in enumerate(by_id)}
    for statement in statements:
        statement["answers"] = []
    for link in sorted(links, key=lambda link: (link["rank"], place.get(link["denial_id"], len(place)))):
        denial, claim = by_id.get(link["denial_id"]), by_id.get(link["claim_id"])
        if denial:
            denial["answers"].append(_answer(link, link["claim_id"], link["claim_doc_id"], claim))
        if claim and link["rank"] == 1:
            claim["answers"].append(_answer(link, link["denial_id"], link["doc_id"], denial))


def _answer(link: Row, other_id: str | None, doc_id: str | None, other: Row | None) -> Row:
    """Return a link as seen from one of its ends; ``tag`` is null where the other end stands elsewhere."""
    text = link["claim_text"] if other_id == link["claim_id"] else link["denial_text"]
    told = {"id": other_id, "doc_id": doc_id, "tag": other and other["tag"], "text": text}
    return told | {name: link[name] for name in ("rank", "score", "method")}


def _handle(marks: list[Mark]) -> Mark:
    """Return the mark that stands for a whole row: the cue, else the first of its spans."""
    return next((mark for mark in marks if mark.role == "cue"), min(marks, key=lambda m: m.start))


def _piece(segment: Segment) -> Piece:
    """Return a segment with the classes of its marks and the rows they belong to."""
    classes = [
        mark.role if mark.role == "mention" else f"{mark.role} {mark.role}-{mark.kind}"
        for mark in segment.marks
    ]
    contents = [mark.kind for mark in segment.marks if mark.role == "content"]
    if contents:
        classes.append(f"within-{contents[-1]}")
    if len(contents) > 1:
        classes.append("nested")
    ids = [mark.row_id for mark in reversed(segment.marks)]
    return Piece(segment, " ".join(dict.fromkeys(" ".join(classes).split())), list(dict.fromkeys(ids)))


def _by_entity(mentions: list[Row], names: dict[str, str]) -> list[tuple[str | None, str, list[Row]]]:
    """Return the mentions by entity (id, name, mentions), most mentioned first, the unresolved last."""
    groups: dict[str | None, list[Row]] = {}
    for mention in mentions:
        groups.setdefault(mention["entity_id"], []).append(mention)
    told = [(i, names.get(i, i) if i else "unresolved", group) for i, group in groups.items()]
    return sorted(told, key=lambda group: (group[0] is None, -len(group[2]), group[1]))
