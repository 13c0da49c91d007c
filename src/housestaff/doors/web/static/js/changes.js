/** Changes that are only tried: kept in this tab until they are saved or thrown away, judged after each one. */
import { ask } from "./ask.js";

export class Changes {
  #bench; #grid; #home; #staged; #key; #asked = 0; #isSaving = false;

  constructor(bench, grid, home) {
    this.#bench = bench;
    this.#grid = grid;
    this.#home = home;
    this.#key = `what-if ${bench.dataset.schedule}`;
    this.#staged = JSON.parse(sessionStorage.getItem(this.#key) ?? "[]");
    this.tray = document.getElementById("tray");
    this.tray.addEventListener("submit", (event) => { event.preventDefault(); this.save(); });
    document.getElementById("unstage").addEventListener("click", () => this.back());
    document.getElementById("unstage-all").addEventListener("click", () => this.#put([]));
    document.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key === "s" && this.#staged.length) { event.preventDefault(); this.save(); }
    });
    if (this.#staged.length) this.#show();
  }

  /** A form of the panel tries its change instead of saving it. */
  watch(form, then) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const fields = Object.fromEntries(
        [...new FormData(form)].filter(([name]) => name.startsWith("edit.")).map(([name, value]) => [name.slice(5), value.trim() || null]),
      );
      if (fields.kind === "half" && fields.code) fields.code = fields.code.toUpperCase();
      this.stage([fields]);
      then();
    });
  }

  /** Try further changes; a later one on the same place takes the earlier one's. */
  stage(more) {
    const placed = new Map(this.#staged.map((each) => [placeOf(each), each]));
    for (const each of more) { placed.delete(placeOf(each)); placed.set(placeOf(each), each); }
    this.#put([...placed.values()]);
  }

  /** Take the newest change back; where none is tried, take back the last one that was saved. */
  back() {
    if (this.#staged.length) this.#put(this.#staged.slice(0, -1));
    else document.getElementById("undo")?.click();
  }

  #put(staged) {
    this.#staged = staged;
    sessionStorage.setItem(this.#key, JSON.stringify(staged));
    this.#show();
  }

  #show() {
    this.tray.hidden = !this.#staged.length;
    document.getElementById("staged-count").textContent = String(this.#staged.length);
    this.paint();
    if (this.#staged.length) this.judge();
    else document.getElementById("verdict").replaceChildren();
  }

  /** Show each change where it would stand. */
  paint() {
    for (const cell of this.#grid?.querySelectorAll(".staged") ?? []) {
      cell.classList.remove("staged");
      if (cell.dataset.before !== undefined) { cell.textContent = cell.dataset.before; delete cell.dataset.before; }
    }
    for (const each of this.#staged) {
      for (const cell of this.#cellsOf(each)) {
        cell.classList.add("staged");
        if (each.kind === "half") { cell.dataset.before ??= cell.textContent; cell.textContent = each.code ?? "·"; }
      }
    }
  }

  #cellsOf(change) {
    const kind = this.#grid?.dataset.kind;
    if (change.kind === "call") return [...(this.#grid?.querySelectorAll(`[data-line="${CSS.escape(change.line)}"][data-day="${change.day}"]`) ?? [])];
    const row = document.getElementById(`p-${change.person}`);
    if (!row) return [];
    if (change.kind === "half" && kind === "halves") {
      const place = 2 * days(this.#grid.dataset.first, change.day) + (change.half === "PM" ? 1 : 0) + 1;
      return place > 0 && row.cells[place] ? [row.cells[place]] : [];
    }
    if (change.kind === "stint" && kind === "year") return [...row.cells].filter((cell) => cell.dataset.first <= change.last && cell.dataset.last >= change.first);
    return [];
  }

  /** Ask what the changes would do; an answer that a newer question has overtaken is dropped. */
  async judge() {
    if (!this.#staged.length) return;
    const asked = ++this.#asked;
    const { told } = await this.#send("what-if", { changes: JSON.stringify(this.#staged) });
    if (asked === this.#asked) document.getElementById("verdict").innerHTML = told;
  }

  async save() {
    if (this.#isSaving) return;
    this.#isSaving = true;
    this.#asked += 1;
    const { state, revision, number } = this.#bench.dataset;
    const fields = Object.fromEntries(new FormData(this.tray));
    const { status, told } = await this.#send("change", { ...fields, changes: JSON.stringify(this.#staged), seen: state === "draft" ? revision : number });
    this.#isSaving = false;
    if (status !== 204) { document.getElementById("verdict").innerHTML = told; return; }
    sessionStorage.removeItem(this.#key);
    location.reload();
  }

  /** The status and the words of an answer; where the server cannot be reached the page says so, and nothing is lost. */
  async #send(what, fields) {
    try {
      const answer = await ask(`${this.#home}/${what}`, { method: "POST", headers: { "X-CSRF-Token": document.body.dataset.csrf }, body: new URLSearchParams(fields) });
      return { status: answer.status, told: await answer.text() };
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      return { status: 0, told: document.getElementById("unreachable").innerHTML };
    }
  }
}

function placeOf(change) {
  return change.kind === "half" ? `${change.person} ${change.day} ${change.half}` : change.kind === "call" ? `${change.line} ${change.day}` : `${change.person} ${change.first}`;
}

function days(first, day) {
  return Math.round((Date.parse(`${day}T00:00:00Z`) - Date.parse(`${first}T00:00:00Z`)) / 86_400_000);
}
