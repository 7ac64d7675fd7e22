"""The comparison of stored links across documents with annotated ones."""

import hashlib
from pathlib import Path

from tests.benchmarks.accuracy.cross_document_links import (
    AnnotatedDenial,
    Place,
    format_figures,
    read_annotated_denials,
)
from tests.sample_rows import SAMPLE_TEXT, make_change, make_document_rows
from warehouse.snapshot import open as open_snapshot
from warehouse.storage.store import Store

TEXT_NAME = hashlib.sha256(SAMPLE_TEXT.encode()).hexdigest()[:20]


def test_the_file_has_both_verdicts_and_no_empty_span() -> None:
    annotated = read_annotated_denials()
    assert (len(annotated), sum(map(bool, (one.answered for one in annotated)))) == (99, 47)
    places = [place for one in annotated for place in (one.place, *one.claims)]
    assert all(0 <= place.start < place.end and len(place.text_sha256) == 20 for place in places)
    assert {verdict for one in annotated for verdict in one.claims.values()} == {"yes", "maybe", "no"}


def test_links_across_documents_are_judged_by_their_places(tmp_path: Path) -> None:
    one, other = make_document_rows("one"), make_document_rows("other")
    one["denial_links"][0] |= {"claim_id": "c-other", "same_document": False}
    with Store(tmp_path).open_writer() as writer:
        writer.publish(make_change([one, other]))
    denied = SAMPLE_TEXT.index("it.")
    claimed = Place(TEXT_NAME, SAMPLE_TEXT.index("the raid"), SAMPLE_TEXT.index(" —"))
    annotated = [AnnotatedDenial(Place(TEXT_NAME, denied, denied + 2), {claimed: "yes"})]
    with open_snapshot(tmp_path) as snapshot:
        lines = list(format_figures(snapshot, annotated))
    assert lines[-2:] == [
        "linked to the right claim: 1",
        "links across documents in the warehouse: 1; of the annotated denials: {'yes': 1}",
    ]
