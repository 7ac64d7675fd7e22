"use strict";
/* The page works without this script: every mark is a link to its row. The script shows the row beside the mark. */
(() => {
  const card = document.createElement("div");
  card.id = "card";
  card.hidden = true;
  document.body.append(card);
  let owner = null, leaving = 0;

  /* Return the element that describes a row: a copy of a statement's list item, or a mention's name and details. */
  function describe(id) {
    const row = document.getElementById(id);
    if (!row) return null;
    const copy = row.cloneNode(true);
    for (const part of [copy, ...copy.querySelectorAll("[id]")]) part.removeAttribute("id");
    if (!row.matches(".chip")) return copy;
    const name = document.createElement("span");
    name.className = "name";
    const bold = document.createElement("b");
    bold.textContent = row.dataset.name;
    const link = document.createElement("a");
    link.href = "#" + id;
    link.textContent = "row";
    name.append(bold, " · " + row.dataset.more + " · ", link);
    return name;
  }

  function highlight(on) {
    for (const lit of document.querySelectorAll(".lit")) lit.classList.remove("lit");
    if (!on) return;
    const id = CSS.escape(on.dataset.rows.split(" ")[0]);
    for (const mark of document.querySelectorAll(`[data-rows~="${id}"]`)) mark.classList.add("lit");
  }

  function place(mark) {
    const at = mark.getClientRects()[0], edge = document.documentElement.clientWidth;
    const left = Math.max(16, Math.min(at.left, edge - card.offsetWidth - 16));
    const below = at.bottom + card.offsetHeight + 12 < innerHeight || at.top < card.offsetHeight + 12;
    card.style.left = left + scrollX + "px";
    card.style.top = scrollY + (below ? at.bottom + 6 : at.top - card.offsetHeight - 6) + "px";
  }

  function show(mark) {
    clearTimeout(leaving);
    if (owner === mark) return;
    owner = mark;
    card.replaceChildren(...mark.dataset.rows.split(" ").map(describe).filter(Boolean));
    card.hidden = !card.childElementCount;
    card.scrollTop = 0;
    highlight(mark);
    place(mark);
  }

  function hide() {
    clearTimeout(leaving);
    owner = null;
    card.hidden = true;
    highlight(null);
  }

  const markAt = (event) => event.target.closest?.("a.m[data-rows]");
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const mark = markAt(event);
    if (mark) show(mark);
    else if (card.contains(event.target)) clearTimeout(leaving);
    else if (owner && owner !== document.activeElement) { clearTimeout(leaving); leaving = setTimeout(hide, 200); }
  });
  document.addEventListener("focusin", (event) => {
    const mark = markAt(event);
    if (mark && mark.matches(":focus-visible")) show(mark);
    else if (mark !== owner && !card.contains(event.target)) hide();
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  /* The first tap shows the row; the second, or a tap on a link in the card, follows the link. */
  document.addEventListener("click", (event) => {
    const mark = markAt(event);
    if (mark && event.pointerType === "touch" && owner !== mark) { event.preventDefault(); show(mark); }
    else if (mark || !card.contains(event.target) || event.target.closest("a")) hide();
  });
  addEventListener("beforeprint", hide);
})();
