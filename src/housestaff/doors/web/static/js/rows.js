/** Tables in forms: a row more, a row less. Without this module a form shows two blank rows. */

const numberOf = (input) => Number(input.name.split(".").at(-2));

function renumbered(row, table, number) {
  const prefix = table.dataset.rows;
  for (const input of row.querySelectorAll("[name]")) {
    const key = input.name.split(".").at(-1);
    input.name = `${prefix}.${number}.${key}`;
    input.value = "";
  }
  return row;
}

function addRow(button) {
  const table = button.closest("[data-rows]");
  const rows = [...table.querySelectorAll("[data-row]")];
  const next = Math.max(...rows.map((row) => numberOf(row.querySelector("[name]")))) + 1;
  const added = renumbered(rows.at(-1).cloneNode(true), table, next);
  button.before(added);
  added.querySelector("input, select").focus();
}

/** The last row is emptied, so that there is one to copy. */
function removeRow(button) {
  const row = button.closest("[data-row]");
  const table = row.closest("[data-rows]");
  const left = table.querySelectorAll("[data-row]").length;
  if (left === 1) for (const input of row.querySelectorAll("[name]")) input.value = "";
  else row.remove();
  table.querySelector("[data-adds-row]").focus();
}

for (const button of document.querySelectorAll("[data-rows] [data-adds-row], [data-rows] [data-removes-row]")) {
  button.hidden = false;
}
/** Two blank rows are for those without this module; one is enough to begin with. */
for (const table of document.querySelectorAll("[data-rows]")) {
  const rows = table.querySelectorAll("[data-row]");
  const isBlank = [...rows[rows.length - 1].querySelectorAll("[name]")].every((input) => !input.value);
  if (rows.length > 1 && isBlank) rows[rows.length - 1].remove();
}
document.addEventListener("click", (event) => {
  const add = event.target.closest("[data-adds-row]");
  const remove = event.target.closest("[data-removes-row]");
  if (add) addRow(add);
  if (remove) removeRow(remove);
});
