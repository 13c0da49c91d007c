/** What every page does beside reading: secrets of links, forms that send themselves, dialogs. */

/** A secret behind the # goes into its field and out of the address, so that it stays in no history. */
function fillSecret(form) {
  const field = form.elements.namedItem(form.dataset.secretFromAddress);
  const secret = location.hash.slice(1);
  if (!field || !secret) return;
  field.value = decodeURIComponent(secret);
  field.closest(".field").hidden = true;
  history.replaceState(null, "", location.pathname + location.search);
  if ("sendAtOnce" in form.dataset) form.requestSubmit();
}

/** A choice that needs no button. */
function sendOnChange(event) {
  const form = event.target.closest("form[data-send-on-change]");
  if (form) form.requestSubmit();
}

/** A change that cannot be taken back is asked for twice. */
function askFirst(event) {
  const question = event.submitter?.dataset.sure;
  if (question && !confirm(question)) event.preventDefault();
}

function openDialog(event) {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
}

/** An open menu closes when the reader goes elsewhere. */
function closeMenus(event) {
  for (const open of document.querySelectorAll(".bar details[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
}

function fillSecrets() {
  for (const form of document.querySelectorAll("form[data-secret-from-address]")) fillSecret(form);
}

fillSecrets();
// A link that is pasted over the address of the same page does not load it again.
addEventListener("hashchange", fillSecrets);
document.addEventListener("change", sendOnChange);
document.addEventListener("submit", askFirst);
document.addEventListener("click", openDialog);
document.addEventListener("click", closeMenus);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const open of document.querySelectorAll(".bar details[open]")) open.open = false;
});
