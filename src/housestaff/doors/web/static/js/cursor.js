/** A cursor in a grid, moved by keys or pointer; a selection of many; writing, emptying, copying, dragging. */

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

export class Cursor {
  #grid; #open; #changes; #halfOf; #at = null; #anchor = null; #drag = null; #copied = null;

  constructor(grid, { open, changes, halfOf }) {
    this.#grid = grid;
    this.#open = open;
    this.#changes = changes;
    this.#halfOf = halfOf;
    this.#makeReachable();
    grid.addEventListener("keydown", (event) => this.#key(event));
    grid.addEventListener("pointerdown", (event) => this.#press(event));
    grid.addEventListener("pointerover", (event) => this.#over(event));
    grid.addEventListener("dblclick", (event) => { const cell = event.target.closest("td"); if (cell) this.#open(cell); });
    document.addEventListener("pointerup", (event) => this.#release(event));
    grid.addEventListener("focusin", (event) => { if (event.target.tagName === "TD") this.#stand(event.target); });
  }

  focus() { this.#at?.focus(); }

  /** After rows were replaced: the cursor goes to the same place. */
  restore() {
    const cell = this.#at && document.getElementById(this.#row)?.cells[this.#column];
    this.#at = null;
    if (!cell) return this.#makeReachable();
    this.#stand(cell);
    // A cell that was replaced has lost the focus to nothing; whoever writes elsewhere meanwhile keeps it.
    if (document.activeElement === document.body) cell.focus({ preventScroll: true });
  }

  #row = ""; #column = 0;

  #makeReachable() {
    const first = this.#grid.querySelector("tr[data-person] td");
    if (first && !this.#grid.querySelector("td[tabindex='0']")) first.tabIndex = 0;
  }

  #stand(cell) {
    if (this.#at === cell) return;
    if (this.#at) this.#at.tabIndex = -1;
    this.#at = cell;
    cell.tabIndex = 0;
    this.#row = cell.closest("tr").id;
    this.#column = cell.cellIndex;
  }

  /** Only a cell with a place in the order of tabs can have the focus, and one is enough. */
  #go(cell) {
    this.#stand(cell);
    cell.focus();
  }

  #rows() { return [...this.#grid.querySelectorAll("tr[data-person]:not([hidden])")]; }

  #key(event) {
    const cell = event.target.closest("td");
    if (!cell || event.altKey) return;
    const command = event.ctrlKey || event.metaKey;
    if (event.key in STEPS) return this.#move(event, cell, STEPS[event.key], command);
    if (event.key === "Home" || event.key === "End") return this.#edge(event, cell);
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); return this.#open(cell); }
    if (!this.#mayWrite(cell)) return;
    if (command && event.key.toLowerCase() === "c") this.#copied = cell.textContent.trim();
    else if (command && event.key.toLowerCase() === "x") { this.#copied = cell.textContent.trim(); this.#write(null); }
    else if (command && event.key.toLowerCase() === "v" && this.#copied !== null) this.#write(this.#copied || null);
    else if (command && event.key.toLowerCase() === "z") this.#changes.back();
    else if (event.key === "Delete" || event.key === "Backspace") this.#write(null);
    else if (!command && /^[a-z0-9]$/i.test(event.key)) this.#type(cell, event.key.toUpperCase());
    else return;
    event.preventDefault();
  }

  #move(event, cell, [down, right], far) {
    event.preventDefault();
    const rows = this.#rows();
    const row = cell.closest("tr");
    let place = rows.indexOf(row);
    if (place < 0) return;
    let to = cell;
    if (right) {
      to = far ? row.cells[right > 0 ? row.cells.length - 1 : 1] : row.cells[cell.cellIndex + right];
    } else {
      place = far ? (down > 0 ? rows.length - 1 : 0) : place + down;
      to = rows[place] && this.#under(rows[place], cell);
    }
    if (!to || to.tagName !== "TD") return;
    if (event.shiftKey) this.#anchor ??= cell;
    else this.#clear();
    this.#go(to);
    if (event.shiftKey) this.#select(this.#anchor, to);
  }

  /** The cell of another row under the middle of this one: rows of a year have cells of many lengths. */
  #under(row, cell) {
    if (this.#grid.dataset.kind === "halves") return row.cells[cell.cellIndex];
    let middle = cell.colSpan / 2;
    for (let before = cell.previousElementSibling; before; before = before.previousElementSibling) middle += before.colSpan;
    for (const other of row.cells) { middle -= other.colSpan; if (middle < 0) return other.tagName === "TD" ? other : row.cells[1]; }
    return row.cells[row.cells.length - 1];
  }

  #edge(event, cell) {
    event.preventDefault();
    const row = cell.closest("tr");
    this.#go(row.cells[event.key === "Home" ? 1 : row.cells.length - 1]);
  }

  #press(event) {
    const cell = event.target.closest("td");
    if (!cell || event.button !== 0 || event.pointerType === "touch") return;
    if (event.shiftKey && this.#at) { event.preventDefault(); this.#select(this.#at, cell); return; }
    const isMove = cell.classList.contains("selected") || cell === document.activeElement;
    this.#drag = { from: cell, isMove: isMove && cell.textContent.trim() !== "", moved: false };
    if (!isMove) this.#clear();
  }

  #over(event) {
    const cell = event.target.closest("td");
    if (!this.#drag || !cell || cell === this.#drag.from) return;
    this.#drag.moved = true;
    event.preventDefault();
    getSelection()?.removeAllRanges();
    if (!this.#drag.isMove) this.#select(this.#drag.from, cell);
  }

  #release(event) {
    const drag = this.#drag;
    this.#drag = null;
    const cell = event.target instanceof Element ? event.target.closest("#grid td") : null;
    if (!cell || event.button !== 0) return;
    if (drag?.moved && drag.isMove && this.#mayWrite(drag.from) && this.#mayWrite(cell)) return this.#carry(drag.from, cell);
    if (drag?.moved) return this.#go(cell);
    this.#go(cell);
    if (event.shiftKey) return;
    this.#open(cell, { focus: false });
  }

  /** What was dragged stands at its new place; the old one is given back. */
  #carry(from, to) {
    const code = from.textContent.trim();
    this.#changes.stage([this.#half(from, null), this.#half(to, code)]);
    this.#go(to);
  }

  #select(one, other) {
    const rows = this.#rows();
    const [top, bottom] = [rows.indexOf(one.closest("tr")), rows.indexOf(other.closest("tr"))].sort((a, b) => a - b);
    const [left, right] = [one.cellIndex, other.cellIndex].sort((a, b) => a - b);
    for (const cell of this.#grid.querySelectorAll("td.selected")) cell.classList.remove("selected");
    for (const row of rows.slice(Math.max(0, top), bottom + 1)) {
      for (let column = left; column <= right; column += 1) row.cells[column]?.classList.add("selected");
    }
    this.#anchor ??= one;
  }

  #clear() {
    this.#anchor = null;
    for (const cell of this.#grid.querySelectorAll("td.selected")) cell.classList.remove("selected");
  }

  /** Codes are written on half-days of people; nights of call stand in the same table. */
  #mayWrite(cell) {
    return this.#changes !== null && this.#grid.dataset.kind === "halves" && cell.closest("tr").dataset.person !== undefined;
  }

  #half(cell, code) {
    return { kind: "half", person: cell.closest("tr").dataset.person, ...this.#halfOf(cell), code };
  }

  #chosen() {
    const many = [...this.#grid.querySelectorAll("tr[data-person]:not([hidden]) td.selected")];
    return many.length ? many : [this.#at];
  }

  #write(code) {
    this.#changes.stage(this.#chosen().map((cell) => this.#half(cell, code)));
  }

  /** Letters make a code; Enter keeps it, Escape does not. */
  #type(cell, letter) {
    const field = document.createElement("input");
    field.className = "writing";
    field.value = letter;
    field.setAttribute("list", "codes");
    field.setAttribute("aria-label", cell.closest("tr").dataset.name);
    const before = [...cell.childNodes];
    let isOver = false;
    const end = (keep) => {
      if (isOver) return;
      isOver = true;
      const code = field.value.trim().toUpperCase();
      cell.replaceChildren(...before);
      cell.focus();
      if (keep && code) this.#write(code);
    };
    field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter" || event.key === "Tab") { event.preventDefault(); end(true); }
      if (event.key === "Escape") { event.preventDefault(); end(false); }
    });
    field.addEventListener("blur", () => end(true));
    cell.replaceChildren(field);
    field.focus();
  }
}
