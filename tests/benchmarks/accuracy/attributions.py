"""Accuracy of attribution: ablation by family of rules, errors by kind, calibration of confidence.

``python -m tests.benchmarks.accuracy.attributions docs/benchmarks/attribution.json GOLD.jsonl [...]`` measures,
writes the figures, and puts their tables into ``docs/attribution.md``; ``python -m
tests.benchmarks.accuracy.attributions --calibrate TRAIN.jsonl`` re-estimates ``seeds/cues/confidence.csv``
and prints how well the rates generalise over four folds. Gold files as ``counterclaim evaluate`` reads
them.
"""

import argparse
import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tasks.analysis import analyse_document, map_statement
from tasks.attribution.cue_lexicon import CueLexicon
from tasks.attribution.statements import find_rejected_cues, find_statements
from tasks.document.doc import Doc
from tasks.document.parser import parse_texts
from tasks.document.records import Document, Statement
from tasks.evaluation.attribution_scores import (
    AttributionScope,
    classify_manner,
    get_words_by_role,
    is_same_source,
    match_one_to_one,
    score_attributions,
)
from tasks.evaluation.calibration import JudgedRow, group_by_confidence
from tasks.evaluation.predicted_attributions import to_attribution, to_attributions
from tasks.evaluation.scored_words import SCORED_WORD
from tasks.knowledge import Knowledge, load_knowledge
from tasks.seeds import get_seed_path

RULE_FAMILIES = {
    "quotations": {"quote"},
    "clauses": {"that", "before", "around", "as-aside"},
    "objects and prepositions": {
        "np",
        "small",
        "as",
        "for",
        "of",
        "about",
        "to",
        "on",
        "with",
        "against",
        "at",
    },
    "infinitives and gerunds": {"inf", "ing"},
    "appeal to an authority": {"according"},
    "nouns": {"n-that", "n-is", "n-bare"},
    "hearsay, appearance, passives": {"clause", "pass-inf", "verdict"},
    "layout": {"colon"},
}
CALIBRATION_FOLDS = 4
ATTRIBUTION_PAGE = Path("docs/attribution.md")
SECTION_BEGIN, SECTION_END = "<!-- measured: begin -->", "<!-- measured: end -->"
MIN_ROWS, PRIOR_ROWS = 25, 5
GoldDocument = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, or calibrate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, nargs="?", help="file of figures to write")
    parser.add_argument("golds", type=Path, nargs="*", help="files of gold attributions")
    parser.add_argument(
        "--calibrate", type=Path, metavar="GOLD", help="fit the confidences on this file instead"
    )
    args = parser.parse_args(arguments)
    if args.calibrate is None and args.out is None:
        parser.error("name the file of figures and the gold files, or --calibrate GOLD")
    knowledge = load_knowledge()
    if args.calibrate is not None:
        _calibrate_confidence(_read_gold_documents(args.calibrate), knowledge)
        return
    measured = {path.stem: _measure_gold(_read_gold_documents(path), knowledge) for path in args.golds}
    args.out.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    before, _, rest = ATTRIBUTION_PAGE.read_text(encoding="utf-8").partition(SECTION_BEGIN)
    after = rest.partition(SECTION_END)[2]
    ATTRIBUTION_PAGE.write_text(
        f"{before}{SECTION_BEGIN}\n{_format_tables(measured)}\n{SECTION_END}{after}", encoding="utf-8"
    )


def _format_tables(measured: dict[str, Any]) -> str:
    """Return the figures as Markdown tables."""
    lines = _format_figure_table({corpus: m["whole"] for corpus, m in measured.items()})
    lines += ["", "The same with `--scope clauses`:", ""]
    lines += _format_figure_table({corpus: m["clauses"] for corpus, m in measured.items()})
    for corpus, m in measured.items():
        lines += [
            "",
            f"What each family of rules gains on {corpus} (relaxed F1 without it, and its rows):",
            "",
        ]
        lines += ["| family | F1 without | gain | rows |", "|---|---|---|---|"]
        whole = m["whole"]["relaxed"][2]
        lines += [
            f"| {name} | {value[2]} | {whole - value[2]:+.1f} | {m['rows'][name]} |"
            for name, value in m["without"].items()
        ]
        lines += ["", f"The commonest errors on {corpus}:", "", "| error | number |", "|---|---|"]
        lines += [f"| {kind} | {n} |" for kind, n in m["errors"]]
    return "\n".join(lines)


def _format_figure_table(measured: dict[str, dict[str, Any]]) -> list[str]:
    """Return a table of figures, a column for each corpus."""
    lines = ["| | " + " | ".join(measured) + " |", "|---|" + "---|" * len(measured)]
    for name, value in next(iter(measured.values())).items():
        cells = (m[name] for m in measured.values())
        shown = [" / ".join(map(str, c)) if isinstance(value, tuple | list) else str(c) for c in cells]
        lines.append(f"| {name} | " + " | ".join(shown) + " |")
    return lines


def _read_gold_documents(path: Path) -> list[GoldDocument]:
    """Return the documents of a gold file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


def _measure_gold(gold: list[GoldDocument], knowledge: Knowledge) -> dict[str, Any]:
    """Return every figure of one gold file: whole, by family, by kind of error."""
    docs = list(parse_texts((g["text"] for g in gold), knowledge.nlp))
    found = [
        analyse_document(Document(g["doc_id"], "", g["text"], "", "utf-8"), doc, knowledge).statements
        for g, doc in zip(gold, docs, strict=True)
    ]
    every = {rule for family in RULE_FAMILIES.values() for rule in family}
    families = RULE_FAMILIES | {"denials and the rest": {s.rule for row in found for s in row} - every}
    return {
        "whole": _score_statements(gold, found),
        "clauses": _score_statements(gold, found, "clauses"),
        "without": {
            name: _score_statements(gold, _drop_rules(found, rules))["relaxed"]
            for name, rules in families.items()
        },
        "rows": {
            name: sum(s.rule in rules for row in found for s in row) for name, rules in families.items()
        },
        "errors": _count_errors(gold, docs, found, knowledge),
    }


def _score_statements(
    gold: list[GoldDocument], found: list[list[Statement]], scope: AttributionScope = "all"
) -> dict[str, Any]:
    """Return the scores of predicted statements."""
    predicted = {
        g["doc_id"]: {"attributions": to_attributions(row, scope)} for g, row in zip(gold, found, strict=True)
    }
    return score_attributions(gold, predicted).compute_figures()


def _drop_rules(found: list[list[Statement]], rules: Iterable[str]) -> list[list[Statement]]:
    """Return the statements that none of the rules made."""
    out = set(rules)
    return [[s for s in row if s.rule not in out] for row in found]


def _count_errors(
    gold: list[GoldDocument], docs: list[Doc], found: list[list[Statement]], knowledge: Knowledge
) -> list[list[Any]]:
    """Return the twenty commonest kinds of error, with their number."""
    kinds: Counter[str] = Counter()
    for g, doc, row in zip(gold, docs, found, strict=True):
        kinds.update(_classify_errors(g, doc, row, knowledge))
    return [[kind, n] for kind, n in kinds.most_common(20)]


def _classify_errors(
    gold: GoldDocument, doc: Doc, row: list[Statement], knowledge: Knowledge
) -> Iterator[str]:
    """Yield the kind of each error in one document."""
    text, words = gold["text"], [m.span() for m in SCORED_WORD.finditer(gold["text"])]
    g = get_words_by_role(gold["attributions"], words)
    rows = to_attributions(row)
    p = get_words_by_role(rows, words)
    pairs = match_one_to_one([x["content"] for x in g], [x["content"] for x in p])
    reasons = dict(find_rejected_cues(doc, knowledge.cue_lexicon))
    right = set()
    for i, one in enumerate(gold["attributions"]):
        overlap, j = pairs.get(i, (0.0, -1))
        how = classify_manner(one["content"], text)
        if overlap >= 0.5:
            right.add(j)
            if not is_same_source(g[i]["source"], p[j]["source"]):
                yield f"{how}: content right, source wrong"
            continue
        cues = [(a, b) for a, b in one["cue"]]
        refused = [why for (a, b), why in reasons.items() if any(x <= a and b <= y for x, y in cues)]
        if any(g[i]["cue"] & other["cue"] for other in p):
            yield f"{how}: cue found, content wrong"
        elif refused:
            yield f"{how}: cue seen, not taken: {refused[0]}"
        else:
            yield f"{how}: cue not in the tables"
    yield from (f"spurious: rule {a['rule']}" for j, a in enumerate(rows) if j not in right)


def _calibrate_confidence(gold: list[GoldDocument], knowledge: Knowledge) -> None:
    """Estimate the confidence by rule, part of speech and source type; write the table and print the folds."""
    seen: list[list[tuple[tuple[str, str, str], bool]]] = [[] for _ in range(CALIBRATION_FOLDS)]
    for number, (g, doc) in enumerate(
        zip(gold, parse_texts((g["text"] for g in gold), knowledge.nlp), strict=True)
    ):
        seen[number % CALIBRATION_FOLDS] += _judge_statements(g, doc, knowledge)
    rows: list[JudgedRow] = []
    for fold in range(CALIBRATION_FOLDS):
        rates = _estimate_rates(
            row for other in range(CALIBRATION_FOLDS) if other != fold for row in seen[other]
        )
        rows += (
            JudgedRow(rates.get(key, rates["other", "other", key[2]]), "", key[0], right)
            for key, right in seen[fold]
        )
    for one in group_by_confidence(rows):
        print(f"confidence {one.name}: {one.n:6} rows, mean {one.mean_confidence:.2f}, right {one.right:.2f}")
    with get_seed_path("cues/confidence.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["rule", "pos", "source", "confidence"])
        whole = _estimate_rates(row for fold in seen for row in fold)
        writer.writerows([*key, rate] for key, rate in sorted(whole.items()))


def _judge_statements(
    gold: GoldDocument, doc: Doc, knowledge: Knowledge
) -> Iterator[tuple[tuple[str, str, str], bool]]:
    """Yield for each statement of a document its rule, part of speech, source type, and whether it is right.

    What has no cue (the author's own voice, each sentence of a labelled turn) is left out: corpora do not annotate it.
    """
    words = [m.span() for m in SCORED_WORD.finditer(gold["text"])]
    found = find_statements(doc, knowledge.cue_lexicon)
    row = [map_statement(s, doc.view) for s in found if s.cue is not None]
    g = get_words_by_role(gold["attributions"], words)
    p = get_words_by_role([to_attribution(s) for s in row], words)
    pairs = match_one_to_one([x["content"] for x in g], [x["content"] for x in p])
    right = {j for i, (o, j) in pairs.items() if o >= 0.5 and is_same_source(g[i]["source"], p[j]["source"])}
    for j, s in enumerate(row):
        kind = "none" if s.source is None else "pronoun" if s.source_type == "pronoun" else "name"
        yield (s.rule, _get_cue_pos(s, doc, knowledge.cue_lexicon), kind), j in right


def _get_cue_pos(statement: Statement, doc: Doc, lexicon: CueLexicon) -> str:
    """Return the part of speech of a cue by which its confidence is looked up."""
    if statement.cue_token is None or statement.rule in ("according", "colon"):
        return "other"
    token = doc[statement.cue_token]
    # A verb that no table knows, beside a quotation, is a verb of saying.
    entry = lexicon.find(token) or (lexicon.find_quoting(token) if statement.rule == "quote" else None)
    return entry.pos if entry else "other"


def _estimate_rates(rows: Iterable[tuple[tuple[str, str, str], bool]]) -> dict[tuple[str, str, str], float]:
    """Return the share of correct rows by key, shrunk towards that of its source type; rare keys are pooled."""
    n: Counter[tuple[str, str, str]] = Counter()
    ok: Counter[tuple[str, str, str]] = Counter()
    for key, right in rows:
        n[key] += 1
        ok[key] += right
    kinds = {key[2] for key in n}
    base = {
        kind: sum(ok[k] for k in n if k[2] == kind) / sum(n[k] for k in n if k[2] == kind) for kind in kinds
    }
    rates = {
        key: round((ok[key] + PRIOR_ROWS * base[key[2]]) / (n[key] + PRIOR_ROWS), 2)
        for key in n
        if n[key] >= MIN_ROWS
    }
    for kind in kinds:
        rare = [k for k in n if k[2] == kind and k not in rates]
        rates["other", "other", kind] = round(
            (sum(ok[k] for k in rare) + 1) / (sum(n[k] for k in rare) + 3), 2
        )
    return rates


if __name__ == "__main__":
    main()
