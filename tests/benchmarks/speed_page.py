"""Write the page and the plots of the figures of ``tests.benchmarks.speed``."""

import json
import statistics
from pathlib import Path
from typing import Any

import jinja2

DOCS = Path(__file__).parents[2] / "docs"
SPEED_FIGURES = DOCS / "benchmarks" / "speed.json"
SCALE_FIGURES = DOCS / "benchmarks" / "scale.json"
MILLION_FIGURES = DOCS / "benchmarks" / "million.json"
SPEED_PLOT = DOCS / "benchmarks" / "speed.png"
SCALE_PLOT = DOCS / "benchmarks" / "scale.png"
OWN_CONTENDER, PARSE_CONTENDER = "counterclaim", "counterclaim, its parse alone"


def _read_speed_figures() -> dict[str, Any]:
    """Return the figures, with the cost of each contender relative to Counterclaim."""
    found: dict[str, Any] = json.loads(SPEED_FIGURES.read_text(encoding="utf-8"))
    ours = found["extraction"][OWN_CONTENDER]["median_us"]
    for contender in found["extraction"].values():
        contender["ratio"] = contender["median_us"] / ours
    if PARSE_CONTENDER in found["extraction"]:
        found["after"] = ours - found["extraction"][PARSE_CONTENDER]["median_us"]
    if found["flow"]:
        found["paper"] = _estimate_article_cost(found["flow"], ours)
        found["scale"] = _read_scale_figures()
    found["million"] = _read_million_figures()
    return found


def _read_scale_figures() -> dict[str, Any]:
    """Return what ``tests.benchmarks.scale`` measured, with what each part cost beyond extraction."""
    found: dict[str, Any] = json.loads(SCALE_FIGURES.read_text(encoding="utf-8"))
    for run in found["runs"]:
        run["alone"] = [a + b for a, b in zip(run["resolutions"], run["publications"], strict=True)]
        run["median"] = statistics.median(run["alone"])
    return found


def _read_million_figures() -> dict[str, Any] | None:
    """Return what ``tests.benchmarks.million`` measured, None if nothing yet."""
    if not MILLION_FIGURES.exists():
        return None
    found: dict[str, Any] = json.loads(MILLION_FIGURES.read_text(encoding="utf-8"))
    return found


def _estimate_article_cost(flow: dict[str, Any], us_a_token: float) -> dict[str, float]:
    """Return what an article of the flow's costs in seconds of CPU: extracted by any core, and by one machine alone.

    The second part is what a run with one worker cost beyond extraction and beyond a run that found nothing new.
    """
    each = flow["tokens"] / flow["documents"]
    anywhere = each * us_a_token / 1e6
    alone = max(0.0, (flow["workers_1"]["cpu"] - flow["again"]["cpu"]) / flow["documents"] - anywhere)
    return {"tokens": each, "anywhere": anywhere, "alone": alone}


def _render_speed_page() -> str:
    """Return docs/speed.md."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(DOCS), undefined=jinja2.StrictUndefined, keep_trailing_newline=True
    )
    return environment.get_template("speed.md.jinja").render(**_read_speed_figures())


def _plot_speed() -> None:
    """Draw the cost of a token for every contender, in increasing order."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    found = _read_speed_figures()["extraction"]
    names = sorted(found, key=lambda name: found[name]["median_us"])
    medians = [found[name]["median_us"] for name in names]
    spread = [
        [found[n]["median_us"] - found[n]["least_us"] for n in names],
        [found[n]["most_us"] - found[n]["median_us"] for n in names],
    ]
    _, axes = pyplot.subplots(figsize=(8, 3), layout="constrained")
    colours = ["tab:blue" if name == OWN_CONTENDER else "tab:gray" for name in names]
    axes.barh(names, medians, xerr=spread, color=colours)
    axes.invert_yaxis()
    axes.set_xlabel("microseconds of CPU a token (median; least and most)")
    axes.spines[["top", "right"]].set_visible(False)
    pyplot.savefig(SPEED_PLOT, dpi=150)


def _plot_scale() -> None:
    """Draw memory over the course of each run, and what each publication cost against what was stored before."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    _, (left, right) = pyplot.subplots(1, 2, figsize=(9, 3), layout="constrained")
    for run in _read_scale_figures()["runs"]:
        name = f"{run['documents']:,} documents"
        left.plot(*zip(*run["memory"], strict=True), label=name)
        each = run["documents"] / run["parts"]
        right.plot([each * (i + 1) for i in range(run["parts"])], run["alone"], "o-", label=name)
    left.set(xlabel="seconds", ylabel="memory of all processes, GB", ylim=0)
    right.set(xlabel="documents published", ylabel="seconds to resolve and publish", ylim=0)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False)
    pyplot.savefig(SCALE_PLOT, dpi=150)


def write_speed_page() -> None:
    """Write the page and the plots from the figures."""
    (DOCS / "speed.md").write_text(_render_speed_page(), encoding="utf-8")
    _plot_speed()
    _plot_scale()
