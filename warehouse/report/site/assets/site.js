"use strict";
/* What all pages of a site share: data files, elements, and links into folded lists. Without it every page is readable. */
const counterclaim = (() => {
  const root = document.body.dataset.root;
  const received = new Map(), expected = new Map();
  const block = document.getElementById("rows");
  const rows = new Map(Object.entries(block ? JSON.parse(block.textContent) : {}));
  let files = {};

  /* Data files call this: the script file is the only kind that a page without a server may load. */
  function receive(name, data) {
    received.set(name, data);
    if (name === "catalogue") files = data.files;
    for (const resolve of expected.get(name) || []) resolve(data);
    expected.delete(name);
  }

  /* Return the data of a file that a script element of the page names. */
  function expect(name) {
    if (received.has(name)) return Promise.resolve(received.get(name));
    return new Promise((resolve) => expected.set(name, [...(expected.get(name) || []), resolve]));
  }

  /* Return the data of a file of the catalogue, loaded once; undefined if there is no such file. */
  function load(name) {
    if (received.has(name) || !(name in files)) return Promise.resolve(received.get(name));
    const isLoading = expected.has(name), data = expect(name);
    if (!isLoading) {
      const script = make("script", { src: root + files[name] });
      script.addEventListener("error", () => say(`The file ${files[name]} of this site cannot be read.`));
      document.head.append(script);
    }
    return data;
  }

  /* Return an element; text becomes text nodes, so that nothing in a row can become an element. */
  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value === true) element.setAttribute(name, "");
      else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  }

  const live = make("p", { class: "hidden", role: "status", "aria-live": "polite" });
  document.body.append(live);
  function say(text) { live.textContent = text; }

  /* Save text as a file of the reader's. */
  function save(name, type, text) {
    const address = URL.createObjectURL(new Blob([text], { type }));
    const link = make("a", { href: address, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 60000);
  }

  /* Return the address of a row as others can use it: where the site is published, else its path in the folder, which is
     the same on every machine. */
  function makePermalink(row) {
    const path = row.page + "#" + row.id, base = document.body.dataset.address;
    if (base) return base.replace(/\/*$/, "/") + path;
    return /^https?:$/.test(location.protocol) ? new URL(root + path, document.baseURI).href : path;
  }
  function getRow(element) { return rows.get(element.closest("[data-row]")?.dataset.row); }

  /* A link into a folded list opens the list. */
  function showTarget() {
    let target = null;
    try { target = document.getElementById(decodeURIComponent(location.hash.slice(1))); } catch { return; }
    if (!target) return;
    let isFolded = false;
    for (let at = target.closest("details"); at; at = at.parentElement.closest("details")) {
      isFolded ||= !at.open;
      at.open = true;
    }
    if (isFolded) target.scrollIntoView();
  }
  addEventListener("hashchange", showTarget);
  showTarget();
  addEventListener("beforeprint", () => { for (const fold of document.querySelectorAll("details.fold")) fold.open = true; });

  /* The states of rows in the order of the data: those of claims, then those of denials. */
  const STATES = ["denied", "perhaps", "undenied", "answers", "may", "unlinked"], FIRST_DENIAL_STATE = 3;
  /* The number and the name of a speaker or accused that is no named entity. */
  const UNRESOLVED = -1, UNRESOLVED_LABEL = "unresolved";

  return { STATES, FIRST_DENIAL_STATE, UNRESOLVED, UNRESOLVED_LABEL, root, rows, receive, expect, load, make, say, save, makePermalink, getRow };
})();
