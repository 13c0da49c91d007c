/** The boards of a schedule: the cursor, what-if changes, the panel, finding and jumping, and other people's changes. */
import { ask } from "./ask.js";
import { Changes } from "./changes.js";
import { Cursor } from "./cursor.js";
import { follow } from "./live.js";

const bench = document.getElementById("workbench");
const grid = document.getElementById("grid");
const panel = document.getElementById("panel");
const home = `/schedules/${bench.dataset.schedule}`;
let opened = 0;
let opener = null;
document.documentElement.classList.add("scripted");

/** Shows a page's part in the panel; the reader's place in the grid is kept. */
async function openPanel(address, { focus = true, from = null } = {}) {
  const asked = ++opened;
  const answer = await ask(address);
  const told = await answer.text();
  // What was opened later stands there, however late an earlier answer comes.
  if (asked !== opened) return;
  opener = from;
  panel.innerHTML = told;
  panel.hidden = false;
  for (const form of panel.querySelectorAll("form[data-stages]")) changes?.watch(form, () => { if (matchMedia("(max-width: 60rem)").matches) closePanel(); });
  if (focus) (panel.querySelector("input:not([type=hidden]), select") ?? panel).focus();
}

function closePanel() {
  opened += 1;
  if (panel.hidden) return false;
  panel.hidden = true;
  panel.replaceChildren();
  (opener?.isConnected ? opener : cursor)?.focus();
  return true;
}

/** What the address of a cell's details is, by the kind of the grid. */
function addressOf(cell) {
  const row = cell.closest("tr");
  if (cell.dataset.line) return `${home}/night?line=${cell.dataset.line}&day=${cell.dataset.day}`;
  if (grid.dataset.kind === "halves" && row.dataset.person) {
    const place = halfOf(cell);
    return `${home}/cell?person=${row.dataset.person}&day=${place.day}&half=${place.half}`;
  }
  if (row?.dataset.person && cell.dataset.first) return `${home}/stay?person=${row.dataset.person}&day=${cell.dataset.first}`;
  return null;
}

/** The day and the half of a cell of half-days, by its place in the row. */
export function halfOf(cell) {
  const place = cell.cellIndex - 1;
  const day = new Date(`${grid.dataset.first}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + (place >> 1));
  return { day: day.toISOString().slice(0, 10), half: place % 2 ? "PM" : "AM" };
}

const changes = "mayEdit" in bench.dataset ? new Changes(bench, grid, home) : null;
const cursor = grid?.tagName === "TABLE" && grid.dataset.kind !== "calls"
  ? new Cursor(grid, { open: (cell, options) => { const to = addressOf(cell); if (to) openPanel(to, options); }, changes, halfOf })
  : null;

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-panel]");
  if (link && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    openPanel(link.href, { from: link });
  }
  if (event.target.closest("[data-closes-panel]")) closePanel();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && closePanel()) event.preventDefault();
});

/* -- finding, jumping, choosing -- */

for (const field of document.querySelectorAll("[data-find]")) {
  const find = () => {
    const wanted = field.value.trim().toLowerCase();
    for (const row of grid.querySelectorAll("tr[data-person]")) {
      const byName = row.dataset.name.toLowerCase().includes(wanted);
      const byCode = [...row.cells].some((cell) => cell.tagName === "TD" && cell.textContent.toLowerCase() === wanted);
      row.hidden = Boolean(wanted) && !byName && !byCode;
    }
  };
  field.addEventListener("input", find);
  field.form.addEventListener("submit", (event) => { if (field === document.activeElement) { event.preventDefault(); find(); } });
}
document.querySelector("[data-jump]")?.addEventListener("change", (event) => jump(event.target.value));
for (const choice of document.querySelectorAll("[data-go]")) choice.addEventListener("change", () => choice.form.submit());
for (const choice of document.querySelectorAll("[data-send]")) choice.addEventListener("change", () => choice.form.submit());
document.querySelector("[data-go-to]")?.addEventListener("change", (event) => { location.href = event.target.value; });

function jump(id) {
  const head = document.getElementById(id);
  const sheet = grid.closest(".sheet");
  if (head) sheet.scrollLeft = head.offsetLeft - sheet.querySelector(".who").offsetWidth;
}

for (const chip of document.querySelectorAll("[data-code].chip")) {
  chip.addEventListener("click", () => {
    const isOn = chip.getAttribute("aria-pressed") !== "true";
    for (const other of document.querySelectorAll("[data-code].chip")) other.setAttribute("aria-pressed", String(other === chip && isOn));
    for (const cell of grid.querySelectorAll("td")) cell.classList.toggle("dim", isOn && cell.dataset.code !== chip.dataset.code);
  });
}

if (grid?.dataset.kind === "year") jump(document.querySelector("[data-jump] option[selected]")?.value);
const now = grid?.dataset.kind === "halves" && grid.querySelector("thead th.now");
if (now) grid.closest(".sheet").scrollLeft = Math.max(0, now.offsetLeft - grid.closest(".sheet").clientWidth / 2);

/* -- what others do -- */

follow(bench, grid, { changed: () => changes?.judge(), restored: () => { changes?.paint(); cursor?.restore(); } });
