"use strict";
/* Verdicts on rows: given with buttons or keys, kept in this browser, and saved as a file for `counterclaim review`. */
(() => {
  const { make, say, save, rows, root, getRow } = counterclaim;
  const STORE = "counterclaim-reviews:" + new URL(root || ".", document.baseURI).pathname;
  const NAME_STORE = "counterclaim-reviewer";
  const TYPES = { claim: document.body.dataset.claimTypes.split(" "), denial: document.body.dataset.denialTypes.split(" ") };
  const KEYS = { a: "accepted", r: "rejected" };
  let memory = {};

  function read() {
    try { return JSON.parse(localStorage.getItem(STORE)) || memory; } catch { return memory; }
  }
  function write(verdicts) {
    memory = verdicts;
    try { localStorage.setItem(STORE, JSON.stringify(verdicts)); } catch {
      say("This browser does not keep verdicts between pages: save the file before you leave this page.");
    }
    showAll();
  }

  function give(row, verdict, corrected = {}, note = "") {
    const given = { statement_id: row.id, verdict, ...corrected, note: note || null, extractor_version: row.version,
      reviewed_at: new Date().toISOString() };
    write({ ...read(), [row.id]: given });
    say(`${row.kind} ${verdict}`);
  }
  function takeBack(row) {
    const { [row.id]: gone, ...rest } = read();
    if (gone) { write(rest); say("Verdict taken back."); }
  }
  function toggle(row, verdict) {
    if (read()[row.id]?.verdict === verdict) takeBack(row);
    else give(row, verdict);
  }

  function makeField(label, input) { return make("label", {}, label, input); }

  /* Return the form that corrects a row; a value left as it is counts as right. */
  function makeForm(row, close) {
    const given = read()[row.id] || {};
    const names = row.targets.map(([, name]) => name).join("; ");
    const speaker = make("input", { value: given.corrected_speaker ?? row.speaker ?? "" });
    const targets = make("input", { value: given.corrected_targets?.join("; ") ?? names });
    const type = make("select", {}, ...TYPES[row.kind].map((one) =>
      make("option", { value: one, selected: one === (given.corrected_type ?? row.type) }, one.replaceAll("_", " "))));
    const claim = make("input", { value: given.corrected_claim_id ?? row.answers_id ?? "", placeholder: "row id, or none" });
    const note = make("input", { value: given.note ?? "" });
    const form = make("form", { class: "correct" }, makeField("Speaker", speaker), makeField("Type", type),
      makeField("Accused or spoken about, separated by ;", targets),
      row.kind === "denial" ? makeField("Claim that it answers", claim) : null, makeField("Note", note),
      make("button", {}, "Keep correction"), make("button", { type: "button", onclick: close }, "Cancel"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const corrected = {};
      if (speaker.value.trim() !== (row.speaker ?? "")) corrected.corrected_speaker = speaker.value.trim();
      if (type.value !== row.type) corrected.corrected_type = type.value;
      if (targets.value.trim() !== names) {
        corrected.corrected_targets = targets.value.split(";").map((name) => name.trim()).filter(Boolean);
      }
      if (row.kind === "denial" && claim.value.trim() !== (row.answers_id ?? "")) {
        corrected.corrected_claim_id = claim.value.trim() || "none";
      }
      give(row, Object.keys(corrected).length ? "corrected" : "accepted", corrected, note.value.trim());
      close();
    });
    form.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.stopPropagation(); close(); } });
    return form;
  }

  function correct(element) {
    const row = getRow(element), place = element.querySelector(".tools").parentElement;
    if (place.querySelector("form.correct")) return;
    const form = makeForm(row, () => { form.remove(); element.focus(); });
    place.append(form);
    form.querySelector("input").focus();
  }

  const BUTTONS = [["Accept", "accepted"], ["Reject", "rejected"], ["Correct", "corrected"]];
  function addTools(element) {
    const row = getRow(element);
    if (!row || element.querySelector(".tools")) return;
    element.tabIndex = 0;
    element.setAttribute("aria-keyshortcuts", "a r c u i j k");
    const buttons = BUTTONS.map(([label, verdict]) => make("button", { type: "button", "data-verdict": verdict,
      "aria-pressed": "false",
      onclick: () => verdict === "corrected" ? correct(element) : toggle(row, verdict) }, label));
    const tools = make("div", { class: "tools", role: "group", "aria-label": `Review and cite ${row.id}` }, ...buttons,
      make("button", { type: "button", onclick: () => counterclaim.cite(row) }, "Cite"),
      make("a", { href: root + row.page + "#" + row.id, title: "Address of this row" }, "Permalink"),
      make("span", { class: "given" }));
    (element.querySelector("[data-tools]") || element).append(tools);
    show(element, read());
  }

  function show(element, verdicts) {
    const given = verdicts[element.dataset.row];
    for (const button of element.querySelectorAll(".tools [data-verdict]")) {
      button.setAttribute("aria-pressed", String(given?.verdict === button.dataset.verdict));
    }
    const words = element.querySelector(".tools .given");
    if (words) words.textContent = given ? `${given.verdict}, not saved in the tables yet` : "";
    element.classList.toggle("is-rejected", given?.verdict === "rejected");
  }

  const count = make("span");
  const reviewer = make("input", { autocomplete: "name", size: 14 });
  try { reviewer.value = localStorage.getItem(NAME_STORE) || ""; } catch { /* no store: the name is asked on each page */ }
  reviewer.addEventListener("change", () => { try { localStorage.setItem(NAME_STORE, reviewer.value.trim()); } catch { /* as above */ } });

  function saveFile() {
    const name = reviewer.value.trim();
    if (!name) { reviewer.focus(); say("Give a reviewer's name first."); return; }
    const reviews = Object.values(read()).map((one) => ({ ...one, reviewer: name }));
    const day = new Date().toISOString().slice(0, 10);
    save(`reviews-${name.replace(/[^\p{L}\p{N}]+/gu, "-")}-${day}.json`, "application/json",
      JSON.stringify({ format: "counterclaim-reviews", site: document.body.dataset.site, reviews }, null, 1) + "\n");
    say(`${reviews.length} verdicts saved as a file. Put it into the tables with: counterclaim review FILE`);
  }
  const bar = make("section", { class: "review-bar", "aria-label": "Your verdicts", hidden: true }, count,
    makeField("Reviewer", reviewer), make("button", { type: "button", class: "save", onclick: saveFile }, "Save as a file"),
    make("button", { type: "button", onclick: () => { if (confirm("Discard all verdicts that this browser keeps?")) write({}); } }, "Discard"));
  document.body.append(bar);

  function showAll() {
    const verdicts = read(), n = Object.keys(verdicts).length;
    for (const element of document.querySelectorAll("[data-row]")) show(element, verdicts);
    count.textContent = `${n} ${n === 1 ? "verdict" : "verdicts"}`;
    bar.hidden = !n;
  }

  function move(element, step) {
    const all = [...document.querySelectorAll("[data-row][tabindex]")].filter((one) => one.offsetParent);
    all[all.indexOf(element) + step]?.focus();
  }
  document.addEventListener("keydown", (event) => {
    const element = event.target.closest?.("[data-row]");
    if (!element || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select, textarea")) return;
    const row = getRow(element);
    if (!row) return;
    const actions = { j: () => move(element, 1), k: () => move(element, -1), c: () => correct(element),
      u: () => takeBack(row), i: () => counterclaim.cite(row) };
    if (event.key in KEYS) toggle(row, KEYS[event.key]);
    else if (event.key in actions) actions[event.key]();
    else return;
    event.preventDefault();
  });

  for (const element of document.querySelectorAll("[data-row]")) addTools(element);
  showAll();
  addEventListener("storage", showAll);
  Object.assign(counterclaim, { addTools });
})();
