"use strict";
/* How long until the denial: the days from a claim to the first denial that answers it, and accusations without one. */
(() => {
  const { make, drawRows } = counterclaim;
  const LINES = 10, UNDENIED = counterclaim.STATES.indexOf("undenied"), ANSWERS = counterclaim.STATES.indexOf("answers");
  const BANDS = [["before", "before the claim", -Infinity, -1], ["0", "the same day", 0, 0], ["1", "1 day", 1, 1], ["2-3", "2 to 3 days", 2, 3],
    ["4-7", "4 to 7 days", 4, 7], ["8-30", "8 to 30 days", 8, 30], ["31", "over 30 days", 31, Infinity]]
    .map(([key, label, low, high]) => ({ key, label, low, high }));
  const toIso = (day) => new Date(day * 86400000).toISOString().slice(0, 10);
  const count = (n, one) => `${n} ${n === 1 ? one : one + "s"}`;

  /* Return, by row, the days between a claim and its first denial or between a denial and its claim, and that denial by claim:
     one that at least probably answers it, if there is one, and of one day the one with the strongest link. */
  function computeGaps(columns) {
    const gaps = columns.day.map(() => null), first = new Map(), isOut = (i) => columns.verdict[i] === "rejected";
    const isSure = (denial) => columns.state[denial] === ANSWERS, dayOf = (i) => columns.day[i] ?? Infinity;
    const isBefore = (a, b) => isSure(a) !== isSure(b) ? isSure(a) : dayOf(a) !== dayOf(b) ? dayOf(a) < dayOf(b) : columns.link[a] > columns.link[b];
    columns.answers.forEach((claim, denial) => {
      if (claim === null || isOut(claim) || isOut(denial)) return;
      if (columns.day[claim] !== null && columns.day[denial] !== null) gaps[denial] = columns.day[denial] - columns.day[claim];
      if (!first.has(claim) || isBefore(denial, first.get(claim))) first.set(claim, denial);
    });
    for (const [claim, denial] of first) gaps[claim] = gaps[denial];
    return { gaps, first, isSure, bandOf: (i) => BANDS.findIndex(({ low, high }) => gaps[i] >= low && gaps[i] <= high) };
  }

  /* Return the claims among the rows, or answered by one of them, each with its first denial. */
  function listPairs(columns, { gaps, first }, numbers) {
    const claims = new Set(numbers.map((i) => columns.answers[i] ?? i).filter((i) => first.has(i) && gaps[i] !== null));
    return [...claims].map((claim) => ({ claim, denial: first.get(claim), gap: gaps[claim] }));
  }
  function wordMedian(pairs) {
    const sorted = pairs.map(({ gap }) => Math.max(gap, 0)).sort((a, b) => a - b), half = sorted.length >> 1;
    const median = sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    return median ? `within ${count(median, "day")}` : "on the same day";
  }

  /* Return a table that shows its first lines, asks for the texts of those alone, and is sorted by its header. */
  function makeTable(caption, columns, entries, toCells) {
    const head = make("tr"), body = make("tbody"), more = make("button", { type: "button", onclick: () => { shown += LINES; fill(); } });
    let shown = LINES, by = columns.findIndex(({ first }) => first), down = Boolean(columns[by].down), turn = 0;
    function order(a, b) {
      const [x, y] = [columns[by].of(a), columns[by].of(b)];
      return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1) || a.claim - b.claim;
    }
    async function fill() {
      const mine = ++turn, some = [...entries].sort(order).slice(0, shown);
      const cells = await toCells(some);
      if (mine !== turn) return;
      body.replaceChildren(...cells.map((row) => make("tr", {}, ...row.map((cell, i) =>
        make("td", { "data-label": columns[i].label, class: columns[i].isNumber ? "n" : null }, ...[cell].flat())))));
      head.replaceChildren(...columns.map((column, i) => make("th", { scope: "col", "aria-sort": i !== by ? null : down ? "descending" : "ascending" },
        !column.of ? column.label : make("button", { type: "button", onclick: () => { down = i === by ? !down : Boolean(column.down); by = i;
          fill().then(() => head.children[i].firstChild.focus()); } }, column.label + (i !== by ? "" : down ? " ↓" : " ↑")))));
      more.hidden = entries.length <= shown;
      more.textContent = `Show ${Math.min(LINES, entries.length - shown)} more of ${entries.length}`;
    }
    fill();
    return make("div", { class: "gap-list" }, make("table", { class: "gaps" }, make("caption", {}, caption), make("thead", {}, head), body), more);
  }

  /* Return the figure, the list of answered claims and the list of accusations without an answer, of the rows that pass. */
  function drawGaps(columns, known, numbers, { fetchRows, nameOf, isAccusation, choose, toPage }) {
    const pairs = listPairs(columns, known, numbers), { isSure } = known;
    const names = (i) => columns.targets[i].map((end) => nameOf(end).label).join(", ");
    const day = (i) => columns.day[i] === null ? "undated" : toIso(columns.day[i]);
    const said = (row, page) => make("a", { href: page, class: "said" }, row.text.length > 140 ? row.text.slice(0, 139) + "…" : row.text);
    const by = (row) => [row.speaker || row.source_words || "nobody named", ": "];
    const answered = async (some) => {
      const found = await fetchRows(some.flatMap(({ claim, denial }) => [claim, denial]));
      return some.map(({ claim, denial, gap }, i) => {
        const [a, b] = [found[2 * i], found[2 * i + 1]];
        return [[...by(a), said(a, toPage("claim", a.id))], names(claim), day(claim),
          [...by(b), said(b, `${b.page}#at-${b.id}`), make("span", { class: "sure" }, ` (${b.link_words}, link ${b.link} %)`)], day(denial), String(gap)];
      });
    };
    const box = make("section", { class: "gap-box", "aria-label": "How long until the denial" }, make("h3", {}, "How long until the denial"));
    if (!pairs.length) box.append(make("p", {}, "No claim among these rows has a date, and a denial with a date that answers it."));
    else {
      const sure = pairs.filter(({ denial }) => isSure(denial)), possible = pairs.filter(({ denial }) => !isSure(denial));
      const among = (some, { low, high }) => some.filter(({ gap }) => gap >= low && gap <= high).length;
      const bars = BANDS.map((band) => ({ label: band.label, n: among(pairs, band), sure: among(sure, band),
        open: () => choose({ gap: band.key, kind: "claim" }) })).filter(({ n }) => n);
      box.append(make("figure", {}, drawRows("Days from a claim to its first denial", bars), make("figcaption", {},
        `In full colour the ${count(sure.length, "claim")} that a denial at least probably answers` +
        (sure.length ? `, ${sure.length === 1 ? "denied" : "half of them"} ${wordMedian(sure)}` : "") +
        `; pale, ${count(possible.length, "claim")} that a denial may answer, and no other claim more likely. A bar opens its rows. ` +
        "A denial is before the claim where an outlet repeats a claim that was denied before.")));
      const columnsOfPairs = [{ label: "Claim" }, { label: "Accused or spoken about", of: ({ claim }) => names(claim) || "\uffff" },
        { label: "Said", of: ({ claim }) => columns.day[claim], down: true }, { label: "Denial" }, { label: "Denied", of: ({ denial }) => columns.day[denial], down: true },
        { label: "Days", of: ({ gap }) => gap, down: true, first: true, isNumber: true }];
      if (sure.length) box.append(makeTable("Claims with the first denial that at least probably answers them", columnsOfPairs, sure, answered));
      if (possible.length) {
        const fold = make("details", { class: "fold" }, make("summary", {}, `${count(possible.length, "claim")} that a denial may answer`));
        fold.addEventListener("toggle", () => fold.append(makeTable("Claims with the first denial that may answer them", columnsOfPairs, possible, answered)), { once: true });
        box.append(fold);
      }
    }
    const last = columns.day.reduce((a, b) => Math.max(a, b ?? -Infinity), -Infinity);
    const waiting = numbers.filter((i) => isAccusation(i) && columns.targets[i].length && columns.state[i] === UNDENIED && columns.day[i] !== null && columns.verdict[i] !== "rejected")
      .map((claim) => ({ claim, gap: last - columns.day[claim] }));
    if (waiting.length) {
      box.append(make("h3", {}, "Unanswered for longest"), makeTable(`Accusations of somebody known that no denial here answers or may answer, and the days until ${toIso(last)}, the last day of this corpus`,
        [{ label: "Accusation" }, { label: "Accused", of: ({ claim }) => names(claim) || "\uffff" }, { label: "Said", of: ({ claim }) => columns.day[claim] },
          { label: "Days", of: ({ gap }) => gap, down: true, first: true, isNumber: true }], waiting,
        async (some) => (await fetchRows(some.map(({ claim }) => claim))).map((row, i) => [[...by(row), said(row, `${row.page}#at-${row.id}`)], names(some[i].claim), day(some[i].claim), String(some[i].gap)])));
    }
    return box;
  }

  Object.assign(counterclaim, { GAP_BANDS: BANDS, computeGaps, drawGaps });
})();
