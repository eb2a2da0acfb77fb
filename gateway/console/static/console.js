// What makes pages quicker under the fingers. Everything works without it.
"use strict";
// A browser may keep a page that was left, though it is told not to, and show it again without
// asking: nothing of it is shown until it was asked for anew, by whoever is still signed in.
addEventListener("pagehide", () => { document.documentElement.hidden = true; });
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
// What an address names is opened, ready to be written into.
function openNamed() {
  const named = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
  if (!named || named.tagName !== "DETAILS") return;
  named.open = true;
  const field = named.querySelector("textarea");
  if (field) field.focus({preventScroll: true});
}
openNamed();
addEventListener("load", openNamed); // going to what is named takes the cursor away again
addEventListener("hashchange", openNamed);
// Lists: j and k go along, Enter opens, t takes, q asks, x ticks, a gives, / searches; what is new
// is told.
(function () {
  const list = document.querySelector("[data-list]");
  const items = document.querySelector("[data-items]");
  const rows = list ? Array.from(list.tBodies[0].rows) : Array.from(document.querySelectorAll("[data-case]"));
  const asked = document.getElementById("q");
  let at = rows.findIndex((row) => "#" + row.id === location.hash);
  function go(to) {
    if (!rows.length) return;
    if (rows[at]) rows[at].classList.remove("on");
    at = Math.max(0, Math.min(rows.length - 1, to));
    rows[at].classList.add("on");
    rows[at].focus({preventScroll: true});
    rows[at].scrollIntoView({block: "nearest"});
    if (rows[at].id) history.replaceState(null, "", "#" + rows[at].id);
  }
  function inRow(what) {
    return rows[at] && rows[at].querySelector(what);
  }
  const keys = {
    j: () => go(at + 1),
    k: () => go(at - 1),
    t: () => (inRow("button[name=prendre]") || {click() {}}).click(),
    x: () => (inRow("input[type=checkbox]") || {click() {}}).click(),
    a: () => {
      const box = inRow("input[type=checkbox]");
      if (box) box.checked = true;
      const to = document.getElementById("to");
      if (to) to.focus();
    },
    q: () => {
      const link = inRow("th a");
      if (link) location.assign(link.href + "#question");
    },
    "/": () => asked && asked.focus(),
  };
  // On the morning page each act is one key, and leads to its place on the case's page.
  const places = {t: "gestes", f: "pareils", q: "question", r: "gestes", c: "verification", p: "prive"};
  const to = (place) => () => rows[at] && location.assign("/cas/" + rows[at].dataset.case + "#" + place);
  if (items) {
    rows.forEach((row) => (row.tabIndex = -1));
    for (const key in places) keys[key] = to(places[key]);
    delete keys.x;
    delete keys.a;
  }
  if (list || asked || items) {
    document.addEventListener("keydown", (event) => {
      const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target.type !== "checkbox";
      if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Enter" && event.target === rows[at]) inRow("th a,a.no").click();
      else if (keys[event.key]) keys[event.key]();
      else return;
      event.preventDefault();
    });
  }
  if (at >= 0) go(at);
  const search = asked && asked.form;
  if (search) search.addEventListener("submit", () => {
    for (const field of search.elements) field.disabled = field.name && !field.value;
  });
  const told = document.getElementById("new");
  async function look() {
    const url = new URL(told.dataset.ask, location.href);
    url.searchParams.set("vu", told.dataset.seen);
    try {
      const answer = await fetch(url, {headers: {"X-Unasked": "1"}, redirect: "error"});
      if (answer.status === 200) {
        const link = document.createElement("a");
        link.href = location.href;
        link.textContent = await answer.text();
        link.addEventListener("click", (event) => (event.preventDefault(), location.reload()));
        told.replaceChildren(link);
        told.hidden = false;
      }
      if (answer.ok) setTimeout(look, 60000);
    } catch {
      // Signed out, or the line is away: the page stays as it is.
    }
  }
  if (told) setTimeout(look, 60000);
})();
