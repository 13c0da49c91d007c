/** What others do to the schedule that is looked at: it appears by itself, and after a lost connection nothing is missing. */

const WAIT_LEAST = 500;
const WAIT_MOST = 15_000;

/** Follow a schedule; `changed` is called after the board shows something new, `restored` after rows were replaced. */
export function follow(bench, grid, { changed, restored }) {
  const topic = `schedule:${bench.dataset.schedule}`;
  const others = document.getElementById("others");
  let wait = WAIT_LEAST;

  async function connect() {
    try {
      const answer = await fetch("/api/v1/realtime/tickets", { method: "POST", headers: { "X-CSRF-Token": document.body.dataset.csrf, "Housestaff-Program": document.body.dataset.program } });
      if (!answer.ok) throw new Error(String(answer.status));
      listen((await answer.json()).ticket);
    } catch {
      again();
    }
  }

  function listen(ticket) {
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/v1`);
    socket.addEventListener("open", () => socket.send(JSON.stringify({ type: "hello", ref: "hello", ticket })));
    socket.addEventListener("message", (event) => hear(socket, JSON.parse(event.data)));
    socket.addEventListener("close", again);
  }

  function again() {
    bench.dataset.live = "off";
    others.hidden = false;
    others.textContent = others.dataset.lost;
    setTimeout(connect, wait);
    wait = Math.min(WAIT_MOST, wait * 2);
  }

  function hear(socket, frame) {
    if (frame.type === "welcome") {
      wait = WAIT_LEAST;
      others.hidden = true;
      socket.send(JSON.stringify({ type: "subscribe", ref: "schedule", topic }));
    } else if (frame.type === "ack" && frame.ref === "schedule") catchUp();
    else if (frame.type === "ping") socket.send(JSON.stringify({ type: "pong" }));
    else if (frame.type === "resync" || (frame.topic === topic && frame.data)) refresh();
  }

  /** From now on every change is told; what came before this moment is read again, if there was any. */
  async function catchUp() {
    bench.dataset.live = "on";
    const answer = await fetch(`/api/v1/schedules/${bench.dataset.schedule}`, { headers: { "Housestaff-Program": document.body.dataset.program } });
    if (answer.ok && String((await answer.json()).draft_revision) !== bench.dataset.revision) refresh();
  }

  let isReading = false;
  let isBehind = false;

  /** Read again what was changed since the revision that is shown: one reading at a time, so that none overtakes another. */
  async function refresh() {
    if (!grid) return;
    isBehind = true;
    if (isReading) return;
    isReading = true;
    try {
      while (isBehind) {
        isBehind = false;
        await readAgain();
      }
    } catch (error) {
      // The server cannot be reached: what was missed is read again when the connection is back.
      if (!(error instanceof TypeError)) throw error;
    } finally {
      isReading = false;
    }
  }

  /** One reading. Where it fails nothing is lost: the next one asks from the same revision on. */
  async function readAgain() {
    const address = new URL(location.href);
    address.searchParams.set("since", bench.dataset.revision);
    const answer = await fetch(address, { headers: { "HX-Request": "true" } });
    const page = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page && page.getElementById("workbench");
    if (!now) return;
    const isNew = now.dataset.revision !== bench.dataset.revision;
    bench.dataset.revision = now.dataset.revision;
    bench.dataset.number = now.dataset.number;
    for (const field of document.querySelectorAll("[data-revision-field]")) field.value = now.dataset.revision;
    replace(page);
    restored();
    if (isNew) changed();
  }

  function replace(page) {
    if (grid.dataset.kind === "calls") return grid.replaceChildren(...page.getElementById("grid").childNodes);
    const calls = page.querySelector("#grid tbody.calls");
    if (calls) grid.querySelector("tbody.calls")?.replaceWith(calls);
    for (const row of page.querySelectorAll("#grid tr[data-person]")) {
      const old = document.getElementById(row.id);
      if (old && old.innerHTML !== row.innerHTML) {
        row.hidden = old.hidden;
        row.classList.add("fresh");
        old.replaceWith(row);
      }
    }
  }

  connect();
}
