/** Asking the server for a part of a page. */

/** Whoever was signed out meanwhile is brought to the door, and from there back to this page; then no answer comes. */
export async function ask(address, { headers, ...options } = {}) {
  const answer = await fetch(address, { ...options, headers: { "HX-Request": "true", ...headers } });
  const door = answer.headers.get("HX-Redirect");
  if (door === null) return answer;
  const to = new URL(door, location.href);
  to.searchParams.set("next", location.pathname + location.search);
  location.href = to.href;
  return new Promise(() => {});
}
