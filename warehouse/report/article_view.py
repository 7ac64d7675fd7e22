"""An article prepared for its template: statements with tags and answers, and the text in marked segments."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from warehouse.report.arc_diagram import lay_out_arc_diagram
from warehouse.report.report_data import DENIAL_WORDS
from warehouse.report.report_scope import Row
from warehouse.report.text_marks import (
    Mark,
    Segment,
    make_mention_mark,
    make_statement_marks,
    split_into_segments,
)

TAG_LETTERS = {"claim": "C", "denial": "D"}


@dataclass(slots=True)
class SegmentView:
    """A segment with what its HTML element needs: classes, link targets, tags and notes."""

    segment: Segment
    classes: str
    rows: list[str]
    """ids of the rows whose marks cover it, innermost first"""
    first_of: list[str] = field(default_factory=list)
    """ids of the rows whose first character is the first of the segment"""
    tags: list[str] = field(default_factory=list)
    notes: list[Row] = field(default_factory=list)
    """statements whose note is in the margin here"""
    is_tab_stop: bool = False
    """True if the Tab key stops here, which it does once for each statement and mention"""


def prepare_article(article: dict[str, Any]) -> dict[str, Any]:
    """Return an article with ``segments`` of its text, tagged ``statements`` and its ``arc_diagram``."""
    document, links = article["document"], article["links"]
    statements = _add_answers(_tag_statements(article["statements"]), links)
    marks = {s["statement_id"]: make_statement_marks(s) for s in statements}
    marks |= {m["mention_id"]: [make_mention_mark(m)] for m in article["mentions"]}
    return article | {
        "statements": statements,
        "segments": _make_segment_views(document["text"], statements, marks),
        "entities": _group_by_entity(article["mentions"], article["names"]),
        "arc_diagram": lay_out_arc_diagram(statements, links, document["n_chars"]),
    }


def _tag_statements(statements: list[Row]) -> list[Row]:
    """Return the statements with ``tag``: C1, C2, ... for claims and D1, D2, ... for denials, in order."""
    seen = dict.fromkeys(TAG_LETTERS, 0)
    tagged = []
    for statement in statements:
        seen[statement["kind"]] += 1
        tag = f"{TAG_LETTERS[statement['kind']]}{seen[statement['kind']]}"
        tagged.append(statement | {"tag": tag})
    return tagged


def _add_answers(statements: list[Row], links: list[Row]) -> list[Row]:
    """Return the statements with ``answers``: for a denial the claims that it may answer, for a claim its denials.

    A claim gets only the denials that answer it best: links of a lower rank are guesses.
    """
    by_id = {s["statement_id"]: s for s in statements}
    order = {row_id: i for i, row_id in enumerate(by_id)}
    answers: dict[str, list[Row]] = {row_id: [] for row_id in by_id}
    for link in sorted(links, key=lambda link: (link["rank"], order.get(link["denial_id"], len(order)))):
        denial, claim = by_id.get(link["denial_id"]), by_id.get(link["claim_id"])
        if denial:
            answers[link["denial_id"]].append(
                _make_answer(link, link["claim_id"], link["claim_doc_id"], claim)
            )
        if claim and link["rank"] == 1:
            answers[link["claim_id"]].append(_make_answer(link, link["denial_id"], link["doc_id"], denial))
    return [s | {"answers": answers[s["statement_id"]]} for s in statements]


def _make_answer(link: Row, other_id: str | None, doc_id: str | None, other: Row | None) -> Row:
    """Return a link as seen from one end; ``tag`` is None if the other end is in another article.

    ``words`` are those for it seen from its denial, ``denial_words`` from its claim; None if no row states the claim.
    """
    text = link["claim_text"] if other_id == link["claim_id"] else link["denial_text"]
    answer = {"id": other_id, "doc_id": doc_id, "tag": other and other["tag"], "text": text}
    words = {"words": link["link_word"], "denial_words": DENIAL_WORDS.get(link["link_word"])}
    return answer | words | {name: link[name] for name in ("rank", "score", "method")}


def _make_segment_views(
    text: str, statements: list[Row], marks: Mapping[str, list[Mark]]
) -> list[SegmentView]:
    """Return the segments of a text, with the marks of each row by its id."""
    anchors = {row_id: _choose_anchor_mark(of_row) for row_id, of_row in marks.items()}
    segments = split_into_segments(text, [mark for of_row in marks.values() for mark in of_row])
    views = [_make_segment_view(segment) for segment in segments]
    by_start = {view.segment.start: view for view in views}
    for row_id, of_row in marks.items():
        by_start[min(mark.start for mark in of_row)].first_of.append(row_id)
    for statement in statements:
        view = by_start[anchors[statement["statement_id"]].start]
        view.tags.append(statement["tag"])
        if statement["kind"] == "denial" or statement["answers"]:
            view.notes.append(statement)
    for view in views:
        view.is_tab_stop = any(
            anchors[mark.row_id] == mark and mark.start == view.segment.start
            for mark in view.segment.marks[-1:]
        )
    return views


def _choose_anchor_mark(marks: list[Mark]) -> Mark:
    """Return the mark that represents a whole row: the cue or, without one, the first of its spans."""
    return next((mark for mark in marks if mark.role == "cue"), min(marks, key=lambda m: m.start))


def _make_segment_view(segment: Segment) -> SegmentView:
    """Return a segment with the classes of its marks and the rows to which they belong."""
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
    return SegmentView(
        segment=segment,
        classes=" ".join(dict.fromkeys(" ".join(classes).split())),
        rows=list(dict.fromkeys(ids)),
    )


def _group_by_entity(mentions: list[Row], names: dict[str, str]) -> list[tuple[str | None, str, list[Row]]]:
    """Return the mentions by entity (id, name, mentions), most mentioned first, unresolved mentions last."""
    groups: dict[str | None, list[Row]] = {}
    for mention in mentions:
        groups.setdefault(mention["entity_id"], []).append(mention)
    named = [(i, names.get(i, i) if i else "unresolved", group) for i, group in groups.items()]
    return sorted(named, key=lambda group: (group[0] is None, -len(group[2]), group[1]))
