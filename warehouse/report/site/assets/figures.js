"use strict";
/* Figures of the rows that pass the filter: when they were said, and who accuses whom. Every bar and band opens its rows. */
(() => {
  const { make, UNRESOLVED, UNRESOLVED_LABEL } = counterclaim;
  const SVG = "http://www.w3.org/2000/svg";
  const DAY_MS = 86400000, HALF = 48, MOST_BARS = 60, MOST_ENDS = 50, ROW = 22;
  /* A narrow screen gets a narrow drawing, so that its words stay readable. */
  const [WIDTH, SIDE] = matchMedia("(max-width: 46rem)").matches ? [380, 140] : [720, 250];

  function draw(tag, attributes, ...children) {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }
  /* A link inside a drawing: reached with the Tab key, described by its title. */
  function drawLink(title, onclick, ...children) {
    const link = draw("a", { href: "#find", role: "button" }, draw("title", {}, title), ...children);
    link.addEventListener("click", (event) => { event.preventDefault(); onclick(); });
    return link;
  }
  /* Shorten the names that are wider than their room, as the browser draws them; their titles keep the whole names. */
  function fitNames(drawing) {
    for (const text of drawing.querySelectorAll("text[data-room]")) {
      const letters = [...text.textContent], isTooWide = () => text.getComputedTextLength() > Number(text.dataset.room);
      if (!isTooWide()) continue;
      let fits = 0, tooMany = letters.length;
      while (tooMany - fits > 1) {
        const n = (fits + tooMany) >> 1;
        text.textContent = letters.slice(0, n).join("").trimEnd() + "…";
        if (isTooWide()) tooMany = n; else fits = n;
      }
      text.textContent = letters.slice(0, fits).join("").trimEnd() + "…";
    }
  }
  const toIso = (day) => new Date(day * DAY_MS).toISOString().slice(0, 10);
  const count = (n, one) => `${n} ${n === 1 ? one : one + "s"}`;

  /* Each grain: the first day of the period of a day, and of the period after it. */
  function startOf(grain, day) {
    if (grain === "day") return day;
    if (grain === "week") return day - (day + 3) % 7;  // 1 January 1970 was a Thursday; weeks begin on Monday
    const date = new Date(day * DAY_MS);
    return Date.UTC(date.getUTCFullYear(), grain === "month" ? date.getUTCMonth() : 0, 1) / DAY_MS;
  }
  function startAfter(grain, start) {
    if (grain === "day" || grain === "week") return start + (grain === "day" ? 1 : 7);
    const date = new Date(start * DAY_MS);
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
    return (grain === "month" ? Date.UTC(year, month + 1, 1) : Date.UTC(year + 1, 0, 1)) / DAY_MS;
  }
  function listPeriods(first, last) {
    for (const grain of ["day", "week", "month", "year"]) {
      const periods = [];
      for (let at = startOf(grain, first); at <= last && periods.length <= MOST_BARS; at = startAfter(grain, at)) periods.push(at);
      if (periods.length <= MOST_BARS || grain === "year") return [grain, periods];
    }
  }

  /* Return a bar for each period: claims above the line, the denied ones in full colour, and denials below it. */
  function drawTimeline(columns, numbers, choose) {
    const dated = numbers.filter((i) => columns.day[i] !== null);
    const undated = numbers.length - dated.length, missing = undated ? ` ${count(undated, "row")} without a date ${undated === 1 ? "is" : "are"} not drawn.` : "";
    if (dated.length < 2) return make("p", {}, `Fewer than two rows have a date.${missing}`);
    let first = Infinity, last = -Infinity;
    for (const i of dated) { first = Math.min(first, columns.day[i]); last = Math.max(last, columns.day[i]); }
    const [grain, periods] = listPeriods(first, last);
    const sums = new Map(periods.map((at) => [at, [0, 0, 0]]));
    for (const i of dated) {
      const sum = sums.get(startOf(grain, columns.day[i])), state = columns.state[i];
      if (state >= counterclaim.FIRST_DENIAL_STATE) sum[2]++; else { sum[0]++; if (state === 0) sum[1]++; }
    }
    const hasDenials = [...sums.values()].some(([, , denials]) => denials), foot = HALF + (hasDenials ? HALF : 0);
    const most = Math.max(...[...sums.values()].map(([claims, , denials]) => Math.max(claims, denials)));
    const step = WIDTH / periods.length, wide = Math.min(step * .76, 24), high = (n) => HALF * n / most;
    const bars = [...sums].filter(([, [claims, , denials]]) => claims || denials).map(([at, [claims, denied, denials]]) => {
      const x = (periods.indexOf(at) + .5) * step - wide / 2, end = startAfter(grain, at) - 1;
      const rect = (kind, y, height) => draw("rect", { class: kind, x, y, width: wide, height });
      const when = grain === "day" ? toIso(at) : `${toIso(at)} to ${toIso(end)}`;
      return drawLink(`${when}: ${count(claims, "claim")}, ${denied} of them denied; ${count(denials, "denial")}`,
        () => choose({ from: toIso(at), until: toIso(end) }), rect("claims light", HALF - high(claims), high(claims)),
        rect("claims", HALF - high(denied), high(denied)), rect("denials", HALF + 1, high(denials)));
    });
    const ticks = [0, Math.floor((periods.length - 1) / 2), periods.length - 1].filter((n, k, all) => all.indexOf(n) === k);
    const labels = ticks.map((n, k) => draw("text", { x: (n + .5) * step, y: foot + 18,
      "text-anchor": k === 0 ? "start" : k === ticks.length - 1 ? "end" : "middle" }, toIso(periods[n]).slice(0, { year: 4, month: 7 }[grain])));
    const svg = draw("svg", { viewBox: `0 0 ${WIDTH} ${foot + 24}`, role: "group", class: "timeline",
      "aria-label": `Claims and denials by ${grain}` }, ...bars,
      draw("line", { x1: 0, x2: WIDTH, y1: HALF + .5, y2: HALF + .5 }), ...labels);
    return make("figure", {}, svg, make("figcaption", {}, `By ${grain}: claims above the line, in full colour those that a denial ` +
      `answers or probably answers${hasDenials ? ", and denials below it" : ""}. The highest bar stands for ${most}. A bar opens its rows.${missing}`));
  }

  /* Return the pairs of accuser and accused, a party that is no named entity as UNRESOLVED, and what they are made of. */
  function collectPairs(columns, numbers, isAccusation) {
    const pairs = new Map();
    let accusations = 0, unresolved = 0, ofThemselves = 0;
    for (const i of numbers) {
      if (!isAccusation(i)) continue;
      const from = columns.speaker[i], targets = columns.targets[i].length ? columns.targets[i] : [UNRESOLVED];
      accusations++;
      unresolved += from === UNRESOLVED || targets[0] === UNRESOLVED;
      ofThemselves += from !== UNRESOLVED && targets.every((to) => to === from);
      for (const to of targets) {
        if (to === from && to !== UNRESOLVED) continue;
        const key = `${from} ${to}`, pair = pairs.get(key) || { from, to, n: 0, denied: 0, isResolved: from !== UNRESOLVED && to !== UNRESOLVED };
        pair.n++;
        pair.denied += columns.state[i] === 0;
        pairs.set(key, pair);
      }
    }
    return { pairs: [...pairs.values()], accusations, unresolved, ofThemselves };
  }

  /* Return the pairs to draw, and the ends of both sides in order: at most 100 names, those of resolved pairs first. */
  function choosePairs(pairs) {
    const drawn = [], left = new Map(), right = new Map();
    for (const pair of [...pairs].sort((a, b) => b.isResolved - a.isResolved || b.n - a.n || b.denied - a.denied || a.from - b.from || a.to - b.to)) {
      const hasRoom = (side, end) => end === UNRESOLVED || side.has(end) || side.size < MOST_ENDS;
      if (!hasRoom(left, pair.from) || !hasRoom(right, pair.to)) continue;
      left.set(pair.from, 0);
      right.set(pair.to, 0);
      drawn.push(pair);
    }
    placeEnds(drawn, left, right);
    return { drawn, left, right };
  }

  /* Return accusers on the left and accused on the right, with a band for each pair. */
  function drawNetwork(columns, numbers, nameOf, isAccusation, choose) {
    const found = collectPairs(columns, numbers, isAccusation), { pairs } = found;
    if (!pairs.length) return make("p", {}, found.accusations ? `${count(found.accusations, "accusation")} among these rows, of the speakers themselves.` : "No accusation among these rows.");
    const { drawn, left, right } = choosePairs(pairs);
    const height = ROW * Math.max(left.size, right.size), most = Math.max(1, ...drawn.map((pair) => pair.isResolved ? pair.n : 0));
    const y = (side, end) => (side.get(end) + .5) * height / side.size, key = (end) => nameOf(end).key, label = (end) => nameOf(end).label;
    const open = (pair) => choose({ speaker: key(pair.from), accused: key(pair.to), type: "accusation" });
    const bands = drawn.map((pair) => {
      const [a, b] = [y(left, pair.from), y(right, pair.to)], middle = WIDTH / 2;
      const path = `M${SIDE} ${a} C${middle} ${a} ${middle} ${b} ${WIDTH - SIDE} ${b}`;
      return drawLink(`${label(pair.from)} accuses ${label(pair.to)}: ${count(pair.n, "accusation")}, ${Math.round(100 * pair.denied / pair.n)} % denied`, () => open(pair),
        draw("path", { class: pair.isResolved ? "band" : "band unresolved", d: path, "stroke-width": 1.5 + 7 * Math.min(1, (pair.n - 1) / Math.max(most - 1, 1)) }),
        ...(pair.denied ? [draw("path", { class: "band denied", d: path })] : []));
    });
    const ends = (side, x, anchor, facet) => [...side.keys()].map((end) => drawLink(label(end),
      () => choose({ [facet]: key(end), type: "accusation" }), draw("text", { x, y: y(side, end), "text-anchor": anchor,
        "dominant-baseline": "central", class: end === UNRESOLVED ? "unresolved" : "", "data-room": SIDE - 10 }, label(end))));
    const svg = draw("svg", { viewBox: `0 0 ${WIDTH} ${height}`, role: "group", class: "network", "aria-label": "Who accuses whom" },
      ...bands, ...ends(left, SIDE - 8, "end", "speaker"), ...ends(right, WIDTH - SIDE + 8, "start", "accused"));
    return make("figure", {}, svg, make("figcaption", {}, captionNetwork(found, pairs.length - drawn.length)), tabulatePairs(pairs, label, open));
  }
  function captionNetwork({ pairs, accusations, unresolved, ofThemselves }, rest) {
    const several = pairs.reduce((sum, { n }) => sum + n, 0) > accusations - ofThemselves;
    return `${count(accusations, "accusation")} among these rows: accusers on the left, accused on the right; a thicker band means more ` +
      "accusations, a dashed line that a denial answers or probably answers some. A band or a name opens its rows." +
      (several ? " An accusation of several has a band for each of them." : "") +
      (unresolved ? ` “${UNRESOLVED_LABEL}” stands for a party that is no named entity, in ${count(unresolved, "accusation")}; its bands are pale.` : "") +
      (ofThemselves ? ` ${count(ofThemselves, "accusation")} of the speakers themselves ${ofThemselves === 1 ? "is" : "are"} not drawn.` : "") +
      (rest ? ` ${count(rest, "rarer pair")} ${rest === 1 ? "is" : "are"} in the table only.` : "");
  }

  /* Return the pairs as a table: its numbers can be read where nothing can be pointed at. */
  function tabulatePairs(pairs, label, open) {
    const fold = make("details", {}, make("summary", {}, `${count(pairs.length, "pair")} as a table`)), cell = (...children) => make("td", {}, ...children);
    const toLine = (pair) => make("tr", {}, cell(label(pair.from)), cell(label(pair.to)), cell(make("button", { type: "button", onclick: () => open(pair) }, String(pair.n))),
      cell(String(pair.denied)), cell(`${Math.round(100 * pair.denied / pair.n)} %`));
    fold.addEventListener("toggle", () => fold.append(make("table", { class: "pairs" }, make("thead", {}, make("tr", {}, ...["Accuser", "Accused", "Accusations", "Denied", "Share denied"]
      .map((name) => make("th", { scope: "col" }, name)))), make("tbody", {}, ...pairs.sort((a, b) => b.n - a.n).map(toLine)))), { once: true });
    return fold;
  }

  /* Number both sides so that few bands cross: each by the mean place of its partners (Sugiyama, Tagawa and Toda 1981),
     the unresolved last. */
  function placeEnds(pairs, left, right) {
    const number = (side, order) => order.forEach((end, i) => side.set(end, i));
    number(left, [...left.keys()]);
    number(right, [...right.keys()]);
    for (let sweep = 0; sweep < 4; sweep++) {
      for (const [side, own, others, other] of [[right, "to", left, "from"], [left, "from", right, "to"]]) {
        const mean = new Map([...side.keys()].map((end) => {
          const places = pairs.filter((pair) => pair[own] === end).map((pair) => others.get(pair[other]) / others.size);
          return [end, places.reduce((a, b) => a + b, 0) / places.length];
        }));
        const isLast = (end) => Number(end === UNRESOLVED);
        number(side, [...side.keys()].sort((a, b) => isLast(a) - isLast(b) || mean.get(a) - mean.get(b)));
      }
    }
  }

  /* Return a bar for each label, with its number, in full colour for those that are sure; each opens its rows. */
  function drawRows(title, bars) {
    const side = 130, most = Math.max(...bars.map(({ n }) => n)), wide = Math.min(WIDTH, 480) - side - 22 - 9 * String(most).length;
    return draw("svg", { viewBox: `0 0 ${Math.min(WIDTH, 480)} ${24 * bars.length}`, role: "group", class: "gap-bars", "aria-label": title },
      ...bars.map(({ label, n, sure, open }, i) => drawLink(`${label}: ${count(n, "claim")}${n === sure ? "" : `, ${n - sure} of them only perhaps denied`}`, open,
        draw("text", { x: side, y: 24 * i + 12, "text-anchor": "end", "dominant-baseline": "central" }, label),
        draw("rect", { class: "claims light", x: side + 10, y: 24 * i + 4, width: wide * n / most, height: 16 }),
        draw("rect", { class: "claims", x: side + 10, y: 24 * i + 4, width: wide * sure / most, height: 16 }),
        draw("text", { x: side + 16 + wide * n / most, y: 24 * i + 12, "dominant-baseline": "central" }, String(n)))));
  }

  Object.assign(counterclaim, { drawTimeline, drawNetwork, drawRows, fitNames });
})();
