"use strict";
/* Verdicts on rows: given with buttons or keys, kept in this browser, and saved as a file for `counterclaim review`. */
(() => {
  const { make, say, save, rows, root, getRow } = counterclaim;
  const STORE = "counterclaim-reviews:" + new URL(root || ".", document.baseURI).pathname;
  const NAME_STORE = "counterclaim-reviewer";
  const TYPES = { claim: document.body.dataset.claimTypes.split(" "), denial: document.body.dataset.denialTypes.split(" ") };
  const KEYS = { a: "accepted", r: "rejected" };
  const OTHER_KIND = { claim: "denial", denial: "claim" };
  const OTHER = "other", MOST_CHARACTERS = 90;
  let memory = {};

  function read() {
    try { return JSON.parse(localStorage.getItem(STORE)) || memory; } catch { return memory; }
  }
  function write(verdicts) {
    memory = verdicts;
    told.textContent = "";
    try { localStorage.setItem(STORE, JSON.stringify(verdicts)); } catch {
      say("This browser does not keep verdicts between pages: save the file before you leave this page.");
    }
    showAll();
  }

  function give(row, verdict, corrected = {}, note = "") {
    const given = { statement_id: row.id, verdict, ...corrected, note: note || null, extractor_version: row.version,
      reviewed_at: new Date().toISOString() };
    write({ ...read(), [row.id]: given });
    say(`${row.kind} ${wordVerdict(row, given)}`);
  }
  function takeBack(row) {
    const { [row.id]: gone, ...rest } = read();
    if (gone) { write(rest); say("Verdict taken back."); }
  }
  /* A row that is really of the other kind is rejected, with its type of that kind. */
  const isOtherKind = (given) => given?.verdict === "rejected" && Boolean(given.corrected_type);
  const getButton = (given) => isOtherKind(given) ? "other_kind" : given?.verdict;
  /* Give a verdict, with the note that the row has; the same verdict again takes it back. */
  function toggle(row, verdict) {
    const given = read()[row.id];
    if (getButton(given) === verdict) takeBack(row);
    else give(row, verdict, {}, given?.note ?? "");
  }

  /* The values that the tables were made with, and those that reviewers have put in their place. */
  const getFound = (row) => row.found ?? row;
  function nameTarget(row, value) {
    const known = [...row.targets, ...getFound(row).targets].find(([id]) => id !== null && id === value);
    return known ? known[1] : value;
  }
  const isNone = (text) => text === "" || text.toLowerCase() === "none";
  const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

  /* Return the corrections that typed values make of the values found; a value left as found counts as right. */
  function collectCorrections(row, typed) {
    const found = getFound(row), corrected = {};
    const speaker = isNone(typed.speaker) ? "none" : typed.speaker;
    if (speaker !== (found.speaker ?? "none")) corrected.corrected_speaker = speaker;
    if (typed.type !== found.type) corrected.corrected_type = typed.type;
    const names = isNone(typed.targets) ? [] : typed.targets.split(";").map((name) => name.trim()).filter(Boolean);
    if (!isSame(names, found.targets.map(([, name]) => name))) {
      // A name that the page gave means one entity; a name that was typed is looked up at the import.
      const ids = new Map([...row.targets, ...found.targets].map(([id, name]) => [name, id ?? name]));
      corrected.corrected_targets = names.map((name) => ids.get(name) ?? name);
    }
    if (row.kind === "denial" && typed.claim !== (found.answers_id ?? "none")) corrected.corrected_claim_id = typed.claim;
    return corrected;
  }

  /* Return the claims of the row's article, and the one that the row answers, as the page numbers them. */
  function listClaims(row, current) {
    const listed = [...rows.values()].filter((one) => one.kind === "claim" && (one.doc_id === row.doc_id || one.id === current));
    return listed.map((one) => ({ id: one.id, tag: getTag(one.id), text: one.text }));
  }
  function getTag(id) { return document.querySelector(`[data-row="${CSS.escape(id)}"] .tag`)?.textContent.trim() ?? ""; }
  function shorten(text) { return text.length > MOST_CHARACTERS ? text.slice(0, MOST_CHARACTERS) + "…" : text; }
  function wordClaim(row, id) {
    const claim = rows.get(id), tag = getTag(id);
    return [tag, claim ? `“${shorten(claim.text)}”` : tag ? "" : id].filter(Boolean).join(" ");
  }

  /* Return the choice of the claim that a denial answers, and the field for the id of a claim that is not listed. */
  function makeClaimFields(row, current) {
    const listed = listClaims(row, current);
    const other = make("input", { placeholder: "id of the row", "aria-label": "Id of the claim" });
    const options = listed.map(({ id, tag, text }) => [id, `${tag ? tag + ": " : ""}${shorten(text)}`]);
    if (current !== "none" && !listed.some(({ id }) => id === current)) options.unshift([current, `the claim ${current}`]);
    const select = make("select", { "data-field": "claim", onchange: () => { other.hidden = select.value !== OTHER; } },
      ...[["none", "no claim of these articles"], ...options, [OTHER, "another claim, by its id …"]].map(([value, label]) =>
        make("option", { value, selected: value === current }, label)));
    other.hidden = true;
    /* A number as the page shows it, such as C3, means its row. */
    const readOther = () => listed.find(({ tag }) => tag && tag.toLowerCase() === other.value.trim().toLowerCase())?.id ?? other.value.trim();
    return { element: make("label", {}, "Claim that it answers", select, other),
      read: () => select.value !== OTHER ? select.value : isNone(readOther()) ? "none" : readOther() };
  }

  function makeField(label, input) { return make("label", {}, label, input); }

  /* Return a form below a row; `keep` returns why it cannot be kept, or nothing. */
  function makeForm(element, name, fields, keep) {
    const told = make("p", { class: "told-off", role: "alert" });
    const close = () => { form.remove(); showAll(); element.focus(); };
    const form = make("form", { class: "correct", "data-form": name }, ...fields, told,
      make("div", { class: "ends" }, make("button", {}, `Keep ${name}`), make("button", { type: "button", onclick: close }, "Cancel")));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const reason = keep();
      if (reason) told.textContent = reason;
      else close();
    });
    form.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.stopPropagation(); close(); } });
    return form;
  }

  const wordType = (type) => type.replaceAll("_", " ");
  function makeTypeOptions(kind, chosen) {
    return TYPES[kind].map((one) => make("option", { value: one, selected: one === chosen }, wordType(one)));
  }

  /* Return the form that corrects a row. It gives no other verdict: a row is accepted with Accept alone. */
  function makeCorrectionForm(element, row) {
    const given = read()[row.id] || {}, isCorrected = given.verdict === "corrected", found = getFound(row);
    // A kept correction counts from the values found, the corrections of the tables from those of the page.
    const from = isCorrected ? found : row, kept = isCorrected ? given : {};
    const speaker = make("input", { value: kept.corrected_speaker ?? from.speaker ?? "", placeholder: "none", "data-field": "speaker" });
    const targets = make("input", { "data-field": "targets", placeholder: "none",
      value: (kept.corrected_targets ?? from.targets.map(([id, name]) => name)).map((value) => nameTarget(row, value)).join("; ") });
    const type = make("select", { "data-field": "type" }, ...makeTypeOptions(row.kind, kept.corrected_type ?? from.type));
    const claim = row.kind === "denial" ? makeClaimFields(row, kept.corrected_claim_id ?? from.answers_id ?? "none") : null;
    const note = make("input", { value: given.note ?? "", "data-field": "note" });
    const readTyped = () => ({ speaker: speaker.value.trim(), type: type.value, targets: targets.value.trim(), claim: claim?.read() });
    const before = readTyped();
    return makeForm(element, "correction", [makeField("Speaker, or none", speaker), makeField("Type", type),
      makeField("Accused or spoken about, separated by ;", targets), claim?.element, makeField("Note", note)], () => {
      const corrected = collectCorrections(row, readTyped());
      if (given.verdict && isSame(before, readTyped())) {
        const { corrected_speaker, corrected_type, corrected_targets, corrected_claim_id } = given;
        give(row, given.verdict, { corrected_speaker, corrected_type, corrected_targets, corrected_claim_id }, note.value.trim());
      } else if (Object.keys(corrected).length) give(row, "corrected", corrected, note.value.trim());
      else return "No value differs from what was found. Change one; or cancel, and accept or reject the row.";
      return "";
    });
  }

  /* Return the form that rejects a row because it is of the other kind, with its type; no type is chosen beforehand. */
  function makeOtherKindForm(element, row) {
    const given = read()[row.id], kind = OTHER_KIND[row.kind];
    const type = make("select", { "data-field": "type" }, make("option", { value: "" }, "choose a type"),
      ...makeTypeOptions(kind, isOtherKind(given) ? given.corrected_type : ""));
    const note = make("input", { value: given?.note ?? "", "data-field": "note" });
    return makeForm(element, "verdict", [makeField(`Really a ${kind}, of the type`, type), makeField("Note", note)], () => {
      if (!type.value) return `Choose the type of the ${kind}; or cancel, and reject the row.`;
      give(row, "rejected", { corrected_type: type.value }, note.value.trim());
      return "";
    });
  }

  /* Return the form that adds a note to a verdict and leaves the verdict as it is. */
  function makeNoteForm(element, row) {
    const given = read()[row.id];
    const note = make("input", { value: given.note ?? "", "data-field": "note" });
    return makeForm(element, "note", [makeField(`Note to “${given.verdict}”`, note)], () => {
      write({ ...read(), [row.id]: { ...given, note: note.value.trim() || null, reviewed_at: new Date().toISOString() } });
      say("Note kept.");
    });
  }

  /* Open a form below a row, in place of another one, whose note it keeps; the same form again only gets the focus. */
  function openForm(element, makeOne) {
    const row = getRow(element), place = element.querySelector(".tools").parentElement;
    const open = place.querySelector("form.correct"), form = makeOne(element, row);
    if (open?.dataset.form !== form.dataset.form) {
      if (open) form.querySelector("[data-field=note]").value = open.querySelector("[data-field=note]").value;
      open?.remove();
      place.append(form);
      showAll();
    }
    place.querySelector("form.correct :is(input, select)").focus();
  }
  const correct = (element) => openForm(element, makeCorrectionForm);
  const setOtherKind = (element) => openForm(element, makeOtherKindForm);
  const annotate = (element) => {
    if (read()[element.dataset.row]) openForm(element, makeNoteForm);
    else say("A note belongs to a verdict: accept, reject or correct the row first.");
  };

  /* The buttons of a row: what they are called, which verdict they show as given, and what they do. */
  function listButtons(element, row) {
    const kind = OTHER_KIND[row.kind];
    return [["Accept", "accepted", () => toggle(row, "accepted")], ["Reject", "rejected", () => toggle(row, "rejected")],
      [`Is a ${kind}`, "other_kind", () => setOtherKind(element), `Reject this row: it is no ${row.kind}, but a ${kind}`],
      ["Correct", "corrected", () => correct(element)]];
  }
  function addTools(element) {
    const row = getRow(element);
    if (!row || element.querySelector(".tools")) return;
    element.tabIndex = 0;
    element.setAttribute("aria-keyshortcuts", "a r o c n u i j k s");
    const buttons = listButtons(element, row).map(([label, verdict, onclick, title]) =>
      make("button", { type: "button", "data-verdict": verdict, "aria-pressed": "false", title, onclick }, label));
    const tools = make("div", { class: "tools", role: "group", "aria-label": `Review and cite ${row.id}` }, ...buttons,
      make("button", { type: "button", class: "annotate", hidden: true, onclick: () => annotate(element) }, "Note"),
      make("button", { type: "button", onclick: () => counterclaim.cite(row) }, "Cite"),
      make("a", { href: root + row.page + "#" + row.id, title: "Address of this row" }, "Permalink"),
      make("span", { class: "given" }));
    (element.querySelector("[data-tools]") || element).append(tools);
    show(element, read());
  }

  /* Return a verdict in words, with the values that were typed and the note. */
  function wordVerdict(row, given) {
    const claim = given.corrected_claim_id, targets = given.corrected_targets;
    const parts = [
      given.corrected_speaker && (isNone(given.corrected_speaker) ? "no speaker" : `said by ${given.corrected_speaker}`),
      given.corrected_type && (isOtherKind(given) ? `really a ${OTHER_KIND[row.kind]} (${wordType(given.corrected_type)})` : wordType(given.corrected_type)),
      targets && (targets.length ? `about ${targets.map((value) => nameTarget(row, value)).join(", ")}` : "about nobody"),
      claim && (claim === "none" ? "answers no claim" : `answers ${wordClaim(row, claim)}`),
    ].filter(Boolean);
    return given.verdict + (parts.length ? `: ${parts.join("; ")}` : "") + (given.note ? ` (“${given.note}”)` : "");
  }

  function show(element, verdicts) {
    const given = verdicts[element.dataset.row];
    for (const button of element.querySelectorAll(".tools [data-verdict]")) {
      button.setAttribute("aria-pressed", String(getButton(given) === button.dataset.verdict));
    }
    const words = element.querySelector(".tools .given");
    if (words) words.textContent = given ? `${wordVerdict(getRow(element), given)} — not in the tables yet` : "";
    const note = element.querySelector(".tools .annotate");
    if (note) note.hidden = !given;
    element.classList.toggle("is-rejected", given?.verdict === "rejected");
  }

  /* What became of the verdicts, said and shown in the bar. */
  const told = make("p", { class: "told-saved" });
  function tell(text) { told.textContent = text; say(text); }
  const count = make("span");
  const reviewer = make("input", { autocomplete: "name", size: 14 });
  try { reviewer.value = localStorage.getItem(NAME_STORE) || ""; } catch { /* no store: the name is asked on each page */ }
  reviewer.addEventListener("change", () => { try { localStorage.setItem(NAME_STORE, reviewer.value.trim()); } catch { /* as above */ } });

  function saveFile() {
    const name = reviewer.value.trim();
    if (!name) { reviewer.focus(); tell("Give a reviewer's name first."); return; }
    const reviews = Object.values(read()).map((one) => ({ ...one, reviewer: name }));
    const moment = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
    const file = `reviews-${name.replace(/[^\p{L}\p{N}]+/gu, "-")}-${moment}.json`;
    save(file, "application/json",
      JSON.stringify({ format: "counterclaim-reviews", site: document.body.dataset.site, reviews }, null, 1) + "\n");
    tell(`${countVerdicts(reviews.length)} saved in ${file}. Send it to whoever made this site, or put it into the tables: counterclaim review FILE`);
  }
  const countVerdicts = (n) => `${n} ${n === 1 ? "verdict" : "verdicts"}`;
  const bar = make("section", { class: "review-bar", id: "review-bar", tabindex: "-1", "aria-label": "Your verdicts", hidden: true }, count,
    makeField("Reviewer", reviewer), make("button", { type: "button", class: "save", onclick: saveFile }, "Save as a file"),
    make("button", { type: "button", onclick: () => { if (confirm("Discard all verdicts that this browser keeps?")) write({}); } }, "Discard"), told);
  document.body.append(bar);

  /* Links that are the first of a page for who uses the keyboard: to the first row, and to the bar. */
  const listRows = () => [...document.querySelectorAll("[data-row][tabindex]")].filter((one) => one.offsetParent);
  function makeSkip(label, find) {
    return make("a", { class: "skip", href: "#main", onclick: (event) => {
      const target = find();
      if (target) { event.preventDefault(); target.focus(); }
    } }, label);
  }
  const toRows = makeSkip("Skip to the first row", () => listRows()[0]);
  const toBar = makeSkip("Skip to your verdicts", () => reviewer);
  document.querySelector(".skip").after(toRows, toBar);

  function showAll() {
    const verdicts = read(), n = Object.keys(verdicts).length;
    for (const element of document.querySelectorAll("[data-row]")) show(element, verdicts);
    count.textContent = countVerdicts(n);
    bar.hidden = toBar.hidden = !n;
    // The bar would cover the end of an open form on a small screen.
    bar.classList.toggle("is-still", Boolean(document.querySelector("form.correct")));
  }

  function move(element, step) {
    const all = listRows();
    all[all.indexOf(element) + step]?.focus();
  }
  document.addEventListener("keydown", (event) => {
    const element = event.target.closest?.("[data-row]");
    if (!element || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select, textarea")) return;
    const row = getRow(element);
    if (!row) return;
    const actions = { j: () => move(element, 1), k: () => move(element, -1), c: () => correct(element),
      o: () => setOtherKind(element), n: () => annotate(element), s: () => (bar.hidden ? say("There is no verdict to save.") : reviewer.focus()), u: () => takeBack(row), i: () => counterclaim.cite(row) };
    if (event.key in KEYS) toggle(row, KEYS[event.key]);
    else if (event.key in actions) actions[event.key]();
    else return;
    event.preventDefault();
  });

  /* Forget the verdicts that the tables have: the site lists them in a file, which only a page with verdicts loads. */
  async function dropStored() {
    if (!Object.keys(read()).length) return;
    const name = reviewer.value.trim();
    document.head.append(make("script", { src: root + "reviews.js" }));
    const stored = await counterclaim.expect("reviews"), kept = read();
    const toValues = (one) => [one.verdict, one.corrected_speaker || null, one.corrected_type || null, one.corrected_targets ?? null,
      one.corrected_claim_id || null, one.note || null];
    const isStored = (one) => (stored[one.statement_id] || []).some(([by, at, ...values]) =>
      (by === name || at === one.reviewed_at) && isSame(values, toValues(one)));
    const left = Object.fromEntries(Object.entries(kept).filter(([, one]) => !isStored(one)));
    if (Object.keys(left).length < Object.keys(kept).length) write(left);
  }

  for (const element of document.querySelectorAll("[data-row]")) addTools(element);
  showAll();
  dropStored();
  addEventListener("storage", showAll);
  Object.assign(counterclaim, { addTools });
})();
