"use strict";
/* Find and filter: the columns of all rows are in memory, their texts and the words are loaded in chunks as needed. */
(async () => {
  const { expect, load, make, say, save, rows } = counterclaim;
  const box = document.getElementById("search");
  const catalogue = await expect("catalogue");
  const FIGURES_LABEL = "When, who accuses whom, and how long until the denial, among these rows";
  const PAGE_ROWS = 25, MOST_OPTIONS = 300, MOST_ARTICLES = 10, LAST = "\uffff";
  const entities = await load("entities");
  const articles = await loadColumns("articles"), columns = await loadColumns("columns");
  const N = catalogue.n_rows;
  const { STATES, FIRST_DENIAL_STATE } = counterclaim, isDenial = (i) => columns.state[i] >= FIRST_DENIAL_STATE;
  const ACCEPTED = { rejected: "rejected", accepted: "accepted", corrected: "corrected", disputed: "reviewers differ", "": "not reviewed", other_kind: "rejected: of the other kind" };

  /* Return the columns of all files of a kind, by name. */
  async function loadColumns(kind) {
    const joined = {};
    for (let i = 0; `${kind}-${i}` in catalogue.files; i++) {
      for (const [name, values] of Object.entries(await load(`${kind}-${i}`))) joined[name] = (joined[name] || []).concat(values);
    }
    return joined;
  }
  const gaps = counterclaim.computeGaps(columns);

  /* Each facet: the values of a row, and the value and the label of each option. */
  const { UNRESOLVED, UNRESOLVED_LABEL } = counterclaim;
  const entityOf = (i) => i === UNRESOLVED ? { key: UNRESOLVED_LABEL, label: UNRESOLVED_LABEL, isFirst: true } : { key: entities.id[i], label: entities.name[i] };
  const FACETS = {
    person: { label: "Person or body, in any role", of: (i) => [...new Set([columns.speaker[i], ...columns.targets[i]])].filter((e) => e >= 0), option: entityOf },
    speaker: { label: "Speaker", of: (i) => [columns.speaker[i]], option: entityOf },
    role: { label: "Role of the speaker", of: (i) => columns.roles[i], option: (r) => ({ key: catalogue.roles[r], label: catalogue.roles[r] }) },
    accused: { label: "Accused or spoken about", of: (i) => columns.targets[i].length ? columns.targets[i] : [UNRESOLVED], option: entityOf },
    publisher: { label: "Publisher", of: (i) => { const p = articles.publisher[columns.article[i]]; return p < 0 ? [] : [p]; },
      option: (p) => ({ key: catalogue.publishers[p], label: catalogue.publishers[p] }) },
    month: { label: "Month", of: (i) => [articles.month[columns.article[i]]], option: (m) => ({ key: m || "unknown", label: m || "undated" }) },
    kind: { label: "Claim or denial", of: (i) => [Number(isDenial(i))], option: (k) => ({ key: ["claim", "denial"][k], label: ["claim", "denial"][k] }) },
    type: { label: "Type", of: (i) => [columns.type[i]],
      option: (t) => ({ key: catalogue.types[t], label: catalogue.types[t].replaceAll("_", " ") }) },
    state: { label: "Contested", of: (i) => [columns.state[i]], option: (s) => ({ key: STATES[s], label: catalogue.states[s] }) },
    gap: { label: "Days until the denial", of: (i) => gaps.gaps[i] === null ? [] : [gaps.bandOf(i)],
      option: (b) => ({ key: counterclaim.GAP_BANDS[b].key, label: counterclaim.GAP_BANDS[b].label, place: b }) },
    verdict: { label: "Review", of: (i) => columns.other_kind[i] ? [columns.verdict[i], "other_kind"] : [columns.verdict[i]], option: (v) => ({ key: v || "none", label: ACCEPTED[v] ?? v }) },
  };
  const NAMES = Object.keys(FACETS);
  const SORTS = {
    date: (i) => columns.day[i], speaker: (i) => columns.speaker[i] < 0 ? LAST : entities.name[columns.speaker[i]],
    accused: (i) => columns.targets[i].length ? entities.name[columns.targets[i][0]] : LAST,
    type: (i) => catalogue.types[columns.type[i]],
    publisher: (i) => catalogue.publishers[articles.publisher[columns.article[i]]] ?? LAST,
    confidence: (i) => columns.confidence[i], link: (i) => columns.link[i],
  };

  /* The filter is in the address: #find?speaker=Q1&q=harbour */
  function readFilter() {
    const given = new URLSearchParams(location.hash.split("?").slice(1).join("?"));
    return { ...Object.fromEntries([...NAMES, "q", "in", "min", "link", "from", "until", "sort", "uncertain"].map((name) => [name, given.get(name) || ""])),
      page: Number(given.get("page")) || 0 };
  }
  function writeFilter(changes) {
    const next = { ...filter, page: 0, ...changes };
    const given = new URLSearchParams(Object.entries(next).filter(([name, value]) => value && !(name === "page" && value === "0")));
    history.replaceState(null, "", `#find${[...given].length ? "?" + given : ""}`);
    return update();
  }

  /* Words as the index splits them: lower case, without accents. */
  function split(text) { return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().match(/[\p{L}\p{N}]+/gu) || []; }
  const nameShard = (word) => [...word.slice(0, 2)].map((c) => /[0-9a-z]/.test(c) ? c : "~" + c.codePointAt(0).toString(16)).join("");
  function decode(text) {
    let last = 0;
    return text ? text.split(",").map((part) => last += parseInt(part, 36)) : [];
  }
  /* Return the numbers of the rows (0) or articles (1) that have all words, as beginnings of words. */
  async function findWords(words, which) {
    let found = null;
    for (const word of words) {
      const shard = await load("words-" + nameShard(word)) || {};
      const ofWord = new Set();
      for (const [other, postings] of Object.entries(shard)) {
        if (other.startsWith(word)) for (const n of decode(postings[which])) if (!found || found.has(n)) ofWord.add(n);
      }
      found = ofWord;
    }
    return found;
  }

  /* Return an ISO date as the number of days since 1970; null if it is none. */
  const toDay = (text) => /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) / 86400000 : null;

  /* Return the rows that pass, and for each facet the number of rows of each value that pass all other filters. */
  function select(hits, articleHits) {
    const wanted = NAMES.map((name) => filter[name]), min = Number(filter.min) || 0, minLink = Number(filter.link) || 0;
    const from = toDay(filter.from) ?? -Infinity, until = toDay(filter.until) ?? Infinity;
    const isInTime = (day) => (!filter.from && !filter.until) || (day !== null && day >= from && day <= until);
    const keyOf = NAMES.map((name) => { const known = new Map(); return (v) => {
      if (!known.has(v)) known.set(v, FACETS[name].option(v).key); return known.get(v); }; });
    const counts = NAMES.map(() => new Map()), certain = [], uncertain = [];
    for (let i = 0; i < N; i++) {
      if (columns.confidence[i] < min || (minLink && (columns.link[i] ?? -1) < minLink) || !isInTime(columns.day[i]) || (hits && !hits.has(i)) || (articleHits && !articleHits.has(columns.article[i]))) continue;
      const values = NAMES.map((name) => FACETS[name].of(i));
      let failed = 0;
      for (let f = 0; f < NAMES.length; f++) {
        if (wanted[f] && !values[f].some((v) => keyOf[f](v) === wanted[f])) failed |= 1 << f;
      }
      if (!failed) (columns.certain[i] ? certain : uncertain).push(i);
      for (let f = 0; f < NAMES.length; f++) {
        if (failed & ~(1 << f)) continue;
        for (const v of values[f]) counts[f].set(v, (counts[f].get(v) || 0) + 1);
      }
    }
    return { certain, uncertain, counts };
  }

  function sortRows(found) {
    const [name, order] = (filter.sort || "date.down").split("."), value = SORTS[name] || SORTS.date, sign = order === "down" ? -1 : 1;
    const keys = new Map(found.map((i) => [i, value(i)]));
    return found.sort((a, b) => {
      const x = keys.get(a), y = keys.get(b);
      if (x === y) return a - b;
      if (x === null || x === undefined) return 1;
      if (y === null || y === undefined) return -1;
      return sign * (x < y ? -1 : 1);
    });
  }

  /* Return rows with all their values, from their chunks. */
  async function fetchRows(numbers) {
    const size = catalogue.rows_per_chunk;
    await Promise.all([...new Set(numbers.map((i) => Math.floor(i / size)))].map((chunk) => load("rows-" + chunk)));
    return Promise.all(numbers.map(async (i) => {
      const row = (await load("rows-" + Math.floor(i / size)))[i % size];
      const article = Object.fromEntries(Object.entries(articles).map(([name, values]) => [name, values[columns.article[i]]]));
      return { ...row, ...article, publisher: catalogue.publishers[article.publisher] ?? null };
    }));
  }

  /* Export of the visible selection; text that a spreadsheet would take for a formula gets an apostrophe. */
  const EXPORTED = ["id", "kind", "type", "speaker", "role", "speaker_id", "source", "targets", "cue", "text", "sentence", "confidence", "folded", "day",
    "contested", "n_denials", "n_perhaps", "denial_number", "link_word", "link_score", "denied_by", "denial", "denial_sentence", "denied_on", "days_until_denial", "denial_before_claim", "denial_id",
    "denial_permalink", "answers_id", "verdict", "reviewed_kind", "reviewed_type", "publisher", "title", "published", "url", "doc_id", "rule", "version", "permalink", "citation", "denial_citation", "exchange_citation"];
  function toCell(value) {
    let text = value === null || value === undefined ? "" : Array.isArray(value) ? value.map(([, name]) => name).join("; ") : String(value);
    if (/^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text))) text = "'" + text;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }
  /* Return what the export says of a row, and the columns of one of its denials; of a denial, those of its claim. */
  function toRecord(row, i) {
    return { ...row, targets: row.targets, folded: columns.certain[i] ? "no" : "yes", contested: catalogue.states[columns.state[i]],
      n_perhaps: row.n_possible, link_word: row.link_words, link_score: row.answers_id ? row.link : null,
      days_until_denial: row.kind === "denial" ? gaps.gaps[i] : null, permalink: counterclaim.makePermalink(row),
      citation: counterclaim.toText(row), exchange_citation: row.kind === "denial" && row.other ? counterclaim.toExchange(row) : null };
  }
  function toDenialColumns(claim, i, denial, [number, link, words], place) {
    const days = columns.day[i] === null || columns.day[number] === null ? null : columns.day[number] - columns.day[i];
    return { denial_number: place + 1, link_word: words, link_score: link, denied_by: denial.speaker || denial.source_words, denial: denial.text,
      denial_sentence: denial.sentence, denied_on: denial.day, days_until_denial: days, denial_before_claim: days === null ? null : days < 0 ? "yes" : "no",
      denial_id: denial.id, denial_permalink: counterclaim.makePermalink(denial), denial_citation: counterclaim.toText(denial),
      exchange_citation: counterclaim.toExchange(claim, { ...denial, link, link_words: words }) };
  }
  /* Return the denials of a claim to show and to export: of one that is denied, those that at least probably answer it. */
  function listDenials(row) {
    const sure = row.denials.filter(([, , words]) => words !== "may answer");
    return sure.length ? sure : row.denials;
  }
  /* Save all rows that pass, those that the table folds too; a claim has a line for each of its denials. */
  async function exportRows(format) {
    say("Collecting the rows …");
    const numbers = [...passed], found = await fetchRows(numbers);
    const denialNumbers = [...new Set(found.flatMap((row) => listDenials(row).map(([number]) => number)))];
    const denials = new Map((await fetchRows(denialNumbers)).map((denial, k) => [denialNumbers[k], denial]));
    const records = found.flatMap((row, k) => {
      const record = toRecord(row, numbers[k]), listed = listDenials(row);
      if (!listed.length) return [record];
      return listed.map((link, place) => ({ ...record, ...toDenialColumns(row, numbers[k], denials.get(link[0]), link, place) }));
    });
    const lines = [EXPORTED, ...records.map((row) => EXPORTED.map((name) => toCell(row[name])))].map((cells) => cells.join(","));
    const toObject = (row) => Object.fromEntries([...EXPORTED, "spans"].map((name) => [name, row[name] ?? null]));
    if (format === "csv") save(nameFile("csv"), "text/csv", "\ufeff" + lines.join("\r\n") + "\r\n");
    else save(nameFile("json"), "application/json", JSON.stringify(records.map(toObject), null, 1) + "\n");
    say(`${count(found.length, "row")} saved${records.length === found.length ? "" : ` in ${records.length} lines, one for each denial of a claim`}.`);
  }

  /* Return a name of a file that says which filter its rows passed: rows-accused-ann-lee-contested-claim-denied.csv. */
  function nameFile(ending) {
    const set = NAMES.filter((name) => filter[name]).map((name) => `${name} ${labelOf(name, filter[name])}`);
    const others = ["q", "min", "link", "from", "until"].filter((name) => filter[name]).map((name) => `${name} ${filter[name]}`);
    return `${split(["rows", ...set, ...others].join(" ")).join("-").slice(0, 100)}.${ending}`;
  }

  /* Return the label of a value that no row has. */
  const labelOf = (name, key) => (name === "state" && catalogue.states[STATES.indexOf(key)]) || entities.name[entities.id.indexOf(key)] || key;
  function makeSelect(name) {
    const select = make("select", { id: "by-" + name, onchange: () => writeFilter({ [name]: select.value }) });
    return make("label", {}, FACETS[name].label, select);
  }
  function fillSelect(name, counts) {
    const select = document.getElementById("by-" + name);
    const options = [...counts].map(([v, n]) => ({ ...FACETS[name].option(v), n })).sort((a, b) =>
      a.isFirst ? -1 : b.isFirst ? 1 : name === "month" ? (a.key < b.key ? 1 : -1) : name === "gap" ? a.place - b.place : b.n - a.n || (a.label < b.label ? -1 : 1));
    const most = options.slice(0, MOST_OPTIONS);
    if (filter[name] && !most.some((one) => one.key === filter[name])) {
      most.unshift(options.find((one) => one.key === filter[name]) || { key: filter[name], label: labelOf(name, filter[name]), n: 0 });
    }
    select.replaceChildren(make("option", { value: "" }, options.length > most.length ? `any (${most.length} of ${options.length} listed)` : "any"),
      ...most.map((one) => make("option", { value: one.key, selected: one.key === filter[name] }, `${one.label} (${one.n})`)));
    select.closest("label").classList.toggle("is-set", Boolean(filter[name]));
  }

  const query = make("input", { type: "search", id: "q", autocomplete: "off", placeholder: "words, names or roles" });
  const where = make("select", { onchange: () => writeFilter({ in: where.value }) },
    make("option", { value: "" }, "claims, denials, names"), make("option", { value: "articles" }, "whole articles"));
  const makePercentage = (name) => make("input", { type: "number", id: `by-${name}`, min: 0, max: 100, size: 3, onchange: (event) => writeFilter({ [name]: event.target.value }) });
  const min = makePercentage("min"), link = makePercentage("link");
  /* Written as everywhere on the site; a date box of the browser would show the order of days and months of its own language. */
  const makeDay = (name) => make("input", { type: "text", inputmode: "numeric", placeholder: "YYYY-MM-DD", pattern: "[0-9]{4}-[0-9]{2}-[0-9]{2}",
    title: "year-month-day, such as 2026-10-03", onchange: (event) => { if (event.target.reportValidity()) writeFilter({ [name]: event.target.value }); } });
  const from = makeDay("from"), until = makeDay("until");
  let typing = 0;
  query.addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(() => writeFilter({ q: query.value }), 250); });
  const form = make("form", { class: "filters", role: "search" },
    make("label", { class: "wide" }, "Search", query), make("label", { class: "wide" }, "in", where), ...NAMES.map(makeSelect),
    make("label", {}, "From", from), make("label", {}, "Until", until), make("label", {}, "Confidence of the row at least, %", min),
    make("label", {}, "Link of the denial at least, %", link),
    make("button", { type: "reset" }, "Clear"));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => { event.preventDefault(); filter = { page: 0 }; writeFilter({}); });
  const told = make("p", { class: "told", role: "status" });
  const inArticles = make("details", { hidden: true });
  const head = make("tr");
  const body = make("tbody");
  const table = make("table", { class: catalogue.publishers.length ? "results" : "results without-publisher" }, make("caption", { class: "hidden" }, "Rows that pass the filter"), make("thead", {}, head), body);
  const pager = make("nav", { class: "pager", "aria-label": "Pages of rows" });
  const exports = make("p", { class: "exports" }, make("button", { type: "button", "data-format": "csv", onclick: () => exportRows("csv") }),
    make("button", { type: "button", "data-format": "json", onclick: () => exportRows("json") }));
  const figures = make("details", { class: "fold figures-fold" }, make("summary", {}, FIGURES_LABEL));
  figures.addEventListener("toggle", drawFigures);
  box.append(form, told, exports, inArticles, figures, table, pager);
  box.hidden = false;

  /* On a narrow screen the findings fill several screens: the words to find can be given above them. */
  const words = make("input", { type: "search", "aria-label": "Words to find", placeholder: "words, names or roles" });
  const quick = make("form", { class: "quick" }, words, make("button", {}, "Find"));
  quick.addEventListener("submit", (event) => { event.preventDefault(); location.hash = `#find?${new URLSearchParams({ q: words.value })}`; });
  document.querySelector(".lead").after(quick);

  const COLUMNS = [["date", "Date"], ["speaker", "Speaker"], ["accused", "About"], ["type", "Type"], ["", "What is said"],
    ["publisher", "Publisher"], ["confidence", "Confidence"], ["link", "Link"]];
  function fillHead() {
    const [by, order] = (filter.sort || "date.down").split(".");
    head.replaceChildren(...COLUMNS.map(([name, label]) => {
      if (!name) return make("th", { scope: "col" }, make("span", { class: "label" }, label));
      const next = by === name && order === "down" ? "up" : by === name ? "down" : ["date", "confidence", "link"].includes(name) ? "down" : "up";
      return make("th", { scope: "col", "aria-sort": by !== name ? null : order === "down" ? "descending" : "ascending" },
        make("button", { type: "button", "data-sort": name, onclick: () => writeFilter({ sort: `${name}.${next}` }).then(() =>
          head.querySelector(`[data-sort=${name}]`).focus()) }, label + (by !== name ? "" : order === "down" ? " ↓" : " ↑")));
    }));
  }

  const linkTo = (path, ...children) => make("a", { href: path }, ...children);
  const entityPage = (id) => "entity/" + [...id].map((c) => /[\w-]/.test(c) && c < "\x7f" ? c : `~${c.codePointAt(0).toString(16)}~`).join("") + ".html";
  const count = (n, one) => `${n} ${n === 1 ? one : one + "s"}`;
  const DENIAL_WORDS = { answers: "denied", "probably answers": "probably denied", "may answer": "perhaps denied" };
  const percent = (share) => make("span", { class: "sure" }, `${Math.round(share * 100)} %`);
  /* The denials of a claim in the list, or the claim of a denial: who, which words, and how sure the link is. */
  function makeOther(row, link, words) {
    return make("li", {}, `${words} (link ${link} %): `, row.speaker ? make("b", {}, row.speaker) : row.source_words, ": ",
      make("a", { class: "said", href: `${row.page}#at-${row.id}` }, row.text), row.day ? `, ${row.day}` : "");
  }
  function makeResult({ row, denials: found }) {
    rows.set(row.id, row);
    const denials = found.length ? make("ul", { class: "denials-of" }, ...found.map(({ denial, link, words }) => makeOther(denial, link, DENIAL_WORDS[words]))) : "";
    const nameOf = (id, name) => id === null ? name : linkTo(entityPage(id), name);
    const speaker = row.speaker ? nameOf(row.speaker_id, row.speaker) : make("span", { class: "nobody" }, row.source_words);
    const targets = row.targets.filter(([id, name]) => id !== name).flatMap(([id, name], i) => [i ? ", " : "", nameOf(id, name)]);
    const links = [];
    if (row.claim_page) links.push(linkTo(row.claim_page, row.n_denials ? count(row.n_denials, "denial") : "perhaps denied"));
    if (row.answers_id) links.push(linkTo("claim/" + entityPage(row.answers_id).slice("entity/".length), `${row.link_words} a claim`));
    const cell = (label, ...children) => make("td", { "data-label": label }, ...children);
    const result = make("tr", { "data-row": row.id, class: `result ${row.kind} ${row.verdict ?? ""}` },
      cell("Date", row.day ?? "undated"), cell("Speaker", speaker, row.role ? make("span", { class: "nobody" }, ` (${row.role})`) : ""), cell("About", ...targets),
      cell("Type", make("span", { class: "kind " + row.kind }, row.type.replaceAll("_", " "))),
      make("td", { class: "what", "data-tools": true }, make("p", {}, linkTo(`${row.page}#at-${row.id}`, row.text),
        row.cue ? ` (“${row.cue}”)` : ""), make("p", { class: "aside" }, linkTo(row.page, row.title || "article"), " ", ...links.flatMap((l) => [" · ", l]),
        row.verdict ? ` · ${row.verdict} by ${row.reviewers.join(", ")}${row.corrections ? ": " + row.corrections.join("; ") : ""}` : ""), denials),
      cell("Publisher", row.publisher ?? ""), cell("Confidence", percent(row.confidence)),
      cell("Link", row.link === null ? "" : make("span", { class: "sure" }, `${row.link} %`)));
    return result;
  }

  async function showArticles(hits) {
    inArticles.hidden = !hits || !hits.size;
    if (inArticles.hidden) return;
    const some = [...hits].slice(-MOST_ARTICLES).reverse();
    inArticles.replaceChildren(make("summary", {}, `${hits.size} ${hits.size === 1 ? "article has" : "articles have"} these words`),
      make("ul", { class: "plain" }, ...some.map((i) => make("li", {}, linkTo(articles.page[i], articles.title[i]), " ",
        make("span", { class: "aside" }, [catalogue.publishers[articles.publisher[i]], articles.published[i]].filter(Boolean).join(", "))))),
      hits.size > some.length ? make("p", { class: "aside" }, `The newest ${some.length} are listed; search in whole articles to see the rows of all.`) : "");
  }

  /* Draw the figures of the rows that pass, if they are unfolded. */
  function drawFigures() {
    const folded = passed.length - shown.length;
    figures.firstChild.textContent = FIGURES_LABEL + (folded ? ` (the ${folded} folded are not drawn)` : "");
    if (!figures.open) return;
    const accusation = catalogue.types.indexOf("accusation");
    figures.replaceChildren(figures.firstChild, counterclaim.drawTimeline(columns, shown, writeFilter),
      counterclaim.drawNetwork(columns, shown, entityOf, (i) => columns.type[i] === accusation, writeFilter),
      counterclaim.drawGaps(columns, gaps, shown, { fetchRows, nameOf: entityOf, isAccusation: (i) => columns.type[i] === accusation,
        choose: writeFilter, toPage: (kind, id) => `${kind}/${entityPage(id).slice("entity/".length)}` }));
    counterclaim.fitNames(figures);
  }

  /* Return rows, and with each its denials if the filter asks for contested claims. */
  async function fetchResults(numbers) {
    const found = await fetchRows(numbers);
    const listed = found.map((row) => ["denied", "perhaps"].includes(filter.state) || filter.link ? listDenials(row) : []);
    const denials = await fetchRows(listed.flat().map(([number]) => number));
    return found.map((row, k) => ({ row, denials: listed[k].map(([, link, words]) => ({ denial: denials.shift(), link, words })) }));
  }

  let filter = readFilter(), shown = [], passed = [], turn = 0;
  async function update() {
    const mine = ++turn;
    filter = readFilter();
    const words = split(filter.q), isWhole = filter.in === "articles";
    const inText = words.length ? await findWords(words, 1) : null;
    const hits = words.length && !isWhole ? await findWords(words, 0) : null;
    const { certain, uncertain, counts } = select(hits, isWhole ? inText : null);
    const all = [...sortRows(certain), ...sortRows(uncertain)], numbers = filter.uncertain ? all : all.slice(0, certain.length);
    const page = Math.min(filter.page, Math.max(0, Math.ceil(numbers.length / PAGE_ROWS) - 1));
    const found = await fetchResults(numbers.slice(page * PAGE_ROWS, (page + 1) * PAGE_ROWS));
    if (mine !== turn) return;
    [shown, passed] = [numbers, all];
    if (document.activeElement !== query) query.value = filter.q;
    min.value = filter.min;
    link.value = filter.link;
    from.value = filter.from;
    until.value = filter.until;
    where.value = filter.in;
    NAMES.forEach((name, f) => fillSelect(name, counts[f]));
    fillHead();
    tell(certain.length, uncertain.length, all.length ? [] : suggestWider(counts));
    body.replaceChildren(...found.map(makeResult));
    for (const element of body.children) counterclaim.addTools(element);
    fillPager(page, Math.ceil(numbers.length / PAGE_ROWS));
    showArticles(inText);
    drawFigures();
    box.dataset.ready = String(mine);
  }
  /* Return a button for each filter without which rows pass, with their number. */
  function suggestWider(counts) {
    return NAMES.flatMap((name, f) => {
      const n = [...counts[f].values()].reduce((sum, more) => sum + more, 0);
      return !filter[name] || !n ? [] : [" ", make("button", { type: "button", class: "unfold", onclick: () => writeFilter({ [name]: "" }) },
        `Without “${FACETS[name].label}: ${labelOf(name, filter[name])}”: ${count(n, "row")}`)];
    });
  }
  function tell(certain, uncertain, wider) {
    const fold = uncertain ? make("button", { type: "button", class: "unfold", onclick: () => writeFilter({ uncertain: filter.uncertain ? "" : "1" }) },
      filter.uncertain ? "Fold them" : "Show them") : "";
    const first = certain ? `${count(certain, "row")} with a confidence of ${catalogue.certain_from} % or more` :
      uncertain ? `No row with a confidence of ${catalogue.certain_from} % or more` : "No row passes the filter";
    told.replaceChildren(first, ...wider, !uncertain ? "" : filter.uncertain ? `; ${uncertain} below it ${certain ? "after them " : ""}` : `; ${uncertain} below it folded `, fold);
    const folded = uncertain && !filter.uncertain ? `, the ${uncertain} folded included` : "";
    for (const button of exports.children) {
      const { format } = button.dataset;
      button.disabled = !(certain + uncertain);
      button.textContent = `Export ${count(certain + uncertain, "row")} as ${format.toUpperCase()}${folded}`;
    }
    table.hidden = !certain && !(uncertain && filter.uncertain);
  }
  function fillPager(page, pages) {
    const to = (label, other, isOff) => make("button", { type: "button", disabled: isOff, onclick: () => writeFilter({ page: String(other) }).then(() =>
      table.scrollIntoView()) }, label);
    pager.hidden = pages < 2;
    pager.replaceChildren(to("Previous", page - 1, page === 0), ` page ${page + 1} of ${pages} `, to("Next", page + 1, page >= pages - 1));
  }

  addEventListener("hashchange", () => { if (location.hash.startsWith("#find")) { update(); document.getElementById("find").scrollIntoView(); } });
  await update();
  if (location.hash.startsWith("#find")) document.getElementById("find").scrollIntoView();
})();
