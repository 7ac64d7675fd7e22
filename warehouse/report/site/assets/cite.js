"use strict";
/* Citations of a row: as text, as BibTeX and as a W3C web annotation. */
(() => {
  const { make, say, makePermalink } = counterclaim;
  const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December"];
  const BIBTEX_ESCAPES = { "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}" };

  function formatDay(day) {
    if (!day) return "undated";
    const [year, month, date] = day.split("-");
    return `${Number(date)} ${MONTHS[month - 1]} ${year}`;
  }

  function describeRow(row) {
    return `Counterclaim row ${row.id}, extractor ${row.version}, confidence ${Math.round(row.confidence * 100)} %` +
      (row.link_words ? `; it ${row.link_words} a claim, link ${row.link} %` : "");
  }

  /* Words that are a quotation as a whole are not quoted twice. */
  function quote(text) {
    return /^["“][^"“”]*["”]$/.test(text) ? text : `“${text}”`;
  }

  /* What the row takes from its sentences: who says it, and the words, unless they are the whole quotation. */
  function describeStatement(row) {
    const type = row.type.replaceAll("_", " "), by = `${row.kind === "denial" ? `denial [${type}]` : type} by ${row.speaker || row.source_words}`;
    return row.text === row.sentence ? by : `${by}: ${quote(row.text)}`;
  }

  /* The short form: outlet, title, day, whole sentences and address, as it stands in print. */
  function toShortText(row) {
    const article = [row.publisher, row.title && `“${row.title}”`, formatDay(row.published)].filter(Boolean).join(", ");
    return `${article}: ${quote(row.sentence)}${row.url ? " " + row.url : ""}`;
  }

  function toText(row) {
    return `${toShortText(row)} (${describeStatement(row)}). ${describeRow(row)}. ${makePermalink(row)}`;
  }

  /* A claim with the denial that is linked to it most surely, or a denial with its claim, and how sure the link is. */
  function toExchange(row, other = row.other) {
    const [claim, denial] = row.kind === "claim" ? [row, other] : [other, row];
    return `Claim: ${toShortText(claim)} (${describeStatement(claim)}). Denial: ${toShortText(denial)} (${describeStatement(denial)}). ` +
      `Link: the denial ${other.link_words} the claim, ${other.link} %, found by a program (Counterclaim, extractor ${row.version}; ` +
      `rows ${claim.id} and ${denial.id}). ${makePermalink(claim)} ${makePermalink(denial)}`;
  }

  function escapeBibtex(text) {
    return String(text ?? "").replace(/[\\~^]/g, (c) => BIBTEX_ESCAPES[c]).replace(/([&%$#_])/g, "\\$1")
      .replace(/[\r\n]+/g, " ");
  }

  function toBibtex(row) {
    const [year, month] = (row.published || "").split("-");
    const fields = {
      author: row.publisher && `{${escapeBibtex(row.publisher)}}`,
      title: escapeBibtex(row.title || row.text.slice(0, 80)),
      year, month: month && String(Number(month)),
      url: row.url,
      note: `${escapeBibtex(`${quote(row.sentence)} (${describeStatement(row)}). ${describeRow(row)}`)}`,
    };
    const lines = Object.entries(fields).filter(([, value]) => value).map(([name, value]) => `  ${name} = {${value}}`);
    return `@misc{${row.id},\n${lines.join(",\n")}\n}`;
  }

  function toAnnotation(row) {
    const source = row.url || `urn:counterclaim:${row.doc_id}`;
    const target = row.spans.map(([start, end], i) => ({
      type: "SpecificResource",
      source,
      selector: [
        { type: "TextQuoteSelector", exact: row.text.split(" … ")[i] ?? row.text },
        { type: "TextPositionSelector", start, end },
      ],
    }));
    const tag = (value) => ({ type: "TextualBody", purpose: "tagging", value, language: "en" });
    const body = [tag(row.kind), tag(row.type)];
    if (row.speaker) body.push({ type: "TextualBody", purpose: "identifying", value: row.speaker });
    return JSON.stringify({
      "@context": "http://www.w3.org/ns/anno.jsonld", id: `urn:counterclaim:${row.id}`, type: "Annotation",
      generator: { type: "Software", name: `Counterclaim, extractor ${row.version}` }, body, target,
    }, null, 2);
  }

  async function copy(area) {
    area.select();
    try { await navigator.clipboard.writeText(area.value); } catch { document.execCommand("copy"); }
    say("Copied.");
  }

  const FORMS = [["Text", toText], ["Short text", toShortText], ["Claim, denial and link", toExchange], ["BibTeX", toBibtex],
    ["Web annotation", toAnnotation], ["Permalink", makePermalink]];
  function cite(row) {
    const parts = FORMS.filter(([, form]) => form !== toExchange || row.other).map(([name, form]) => {
      const area = make("textarea", { readonly: true, rows: name === "Permalink" ? 2 : 5, "aria-label": `Citation as ${name}` });
      area.value = form(row);
      return make("section", { class: "citation" }, make("h3", {}, name), area,
        make("button", { type: "button", onclick: () => copy(area) }, `Copy ${name}`));
    });
    const dialog = make("dialog", { class: "cite", "aria-label": "Cite this row" },
      make("form", { method: "dialog" }, make("button", { class: "close" }, "Close")), ...parts);
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }

  Object.assign(counterclaim, { cite, toText, toShortText, toExchange, toBibtex, toAnnotation });
})();
