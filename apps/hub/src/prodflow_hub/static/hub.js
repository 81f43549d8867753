"use strict";
// Makes the pages quicker to use. Everything works without it.

const typing = "input:not([type=checkbox], [type=radio]), select, textarea";

// "Advance status" is off with nothing chosen, and says so if the types differ. Shift chooses a range.
for (const form of document.querySelectorAll("form.choosing")) {
  const boxes = [...form.querySelectorAll("input[name=ids]")];
  const all = form.querySelector("input[name=match]");
  const button = form.querySelector("button.advance");
  const said = form.querySelector(".chosen");
  let last = -1;
  const show = () => {
    const types = new Map();
    for (const box of boxes) if (box.checked) types.set(box.dataset.type, (types.get(box.dataset.type) ?? 0) + 1);
    const isMixed = types.size > 1 && !all?.checked;
    button.disabled = isMixed || !(types.size || all?.checked);
    const listed = [...types].map(([type, count]) => `${count} ${type}`).join(", ");
    said.textContent = isMixed ? form.dataset.mixed.replace("{types}", listed) : all?.checked ? "" : listed;
  };
  boxes.forEach((box, index) => box.addEventListener("click", (event) => {
    if (event.shiftKey && last >= 0)
      for (let at = Math.min(last, index); at <= Math.max(last, index); at++) boxes[at].checked = box.checked;
    last = index;
  }));
  form.addEventListener("change", show);
  form.addEventListener("click", () => setTimeout(show));
  show();
}

// In the window, Not Complete empties Date Completed, and another status is worked out at once.
let asked = 0;
const texts = (form) => new Map([...form.elements].filter((it) => it.name).map((it) => [it.name, it.type === "checkbox" ? it.checked : it.value]));
const again = async (form, id) => {
  const mine = ++asked;
  const before = texts(form);
  const body = new URLSearchParams(new FormData(form));
  body.set("recalculate", "");
  const answer = await fetch(location.href, { method: "POST", body });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const main = page.querySelector("#main");
  if (mine !== asked || !main?.querySelector("form.window")) return;
  // What somebody has typed while the answer was on its way stays.
  const after = main.querySelector("form.window").elements;
  for (const [name, value] of texts(form)) {
    const field = after.namedItem(name);
    if (field && value !== before.get(name)) field[field.type === "checkbox" ? "checked" : "value"] = value;
  }
  const focused = document.activeElement?.id || id;
  document.querySelector("#main").replaceWith(main);
  document.title = page.title;
  watch();
  document.getElementById(focused)?.focus();
};
const watch = () => {
  const form = document.querySelector("form.window");
  if (!form) return;
  const complete = form.elements.namedItem("completed_on");
  const not = form.elements.namedItem("not_complete");
  const follow = () => {
    if (not.checked) complete.value = "";
    complete.disabled = not.checked;
  };
  not.addEventListener("change", follow);
  follow();
  const to = form.elements.namedItem("to");
  to.addEventListener("change", () => again(form, to.id).catch(() => undefined));
};
watch();

// Keys, off while somebody types: / search, j k row, x choose, a advance, Enter open, u undo, Esc cancel.
const rows = [...document.querySelectorAll("form.choosing tbody tr")];
let at = -1;
const move = (by) => {
  if (!rows.length) return;
  rows[at]?.classList.remove("at");
  at = Math.max(0, Math.min(rows.length - 1, at + by));
  rows[at].classList.add("at");
  rows[at].querySelector("a").focus();
};
const help = document.querySelector("dialog.keys");
const keys = {
  "/": () => document.querySelector("input[type=search]")?.focus(),
  j: () => move(1),
  k: () => move(-1),
  x: () => rows[at]?.querySelector("input[name=ids]")?.click(),
  a: () => document.querySelector("button.advance:not(:disabled), a.advance")?.click(),
  u: () => document.querySelector("form.notice button:not(:disabled)")?.click(),
  "?": () => help?.showModal(),
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const cancel = document.querySelector("form.window")?.dataset.cancel;
  // While somebody types, Esc only leaves the field: what was typed isn't lost by one key.
  if (event.key === "Escape" && event.target.closest(typing)) event.target.blur();
  else if (event.key === "Escape" && cancel && !help?.open) location.assign(cancel);
  if (event.target.closest(typing) || help?.open || !(event.key in keys)) return;
  event.preventDefault();
  keys[event.key]();
});

// After Cancel in the window, the page is as it was: what was chosen, and where the keyboard was.
const kept = "prodflow-hub-page";
const places = () => [...document.querySelectorAll("a, button, input, select, textarea, summary")];
if (document.querySelector(".advance"))
  addEventListener("pagehide", () => {
    const ids = [...document.querySelectorAll("input[name=ids]:checked")].map((it) => it.value);
    const place = places().indexOf(document.activeElement);
    sessionStorage.setItem(kept, JSON.stringify({ address: location.href, ids, place }));
  });
const before = JSON.parse(sessionStorage.getItem(kept) ?? "{}");
if (before.address === location.href && document.referrer.includes("/orders/advance")) {
  for (const box of document.querySelectorAll("form.choosing input[name=ids]"))
    if (before.ids.includes(box.value) && !box.checked) box.click();
  const place = places()[before.place];
  at = rows.findIndex((row) => row.contains(place));
  rows[at]?.classList.add("at");
  place?.focus();
}

// A status says what its fields mean once somebody was in it. It goes on saying so, so nothing moves up
// under the mouse.
for (const row of document.querySelectorAll(".statuses fieldset"))
  for (const kind of ["click", "keyup"]) row.addEventListener(kind, () => row.classList.add("open"));

for (const button of document.querySelectorAll("button.print")) button.addEventListener("click", () => print());
