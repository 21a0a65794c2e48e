// The chair board: fetched anew when the server says that something changed in a chair; clocks tick meanwhile.
import { startAlarmSound } from "./alarm-sound.js";
import { tick } from "./clocks.js";
import { startRoomLight } from "./room-light.js";

const room = document.querySelector("[data-board]");
const skew = Date.parse(room.dataset.now) - Date.now();
const SLOW_MS = 30000;
const SOON_MS = 250; // several changes at once are one look

startRoomLight();
startAlarmSound();
const beat = () => tick(room, skew);
setInterval(beat, 1000);
beat();

let asking = false;
let again = false;
async function refresh() {
  if (asking) { again = true; return; }
  asking = true;
  try {
    const answer = await fetch(room.dataset.part, { headers: { "HX-Request": "true" }, redirect: "manual" });
    if (answer.ok) show(await answer.text());
    else if (answer.headers.get("HX-Redirect")) location.assign(answer.headers.get("HX-Redirect"));
  } catch { /* the network is gone; the live connection says so */ }
  asking = false;
  if (again) { again = false; setTimeout(refresh, SOON_MS); }
}

function show(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("board");
  const here = document.getElementById("board");
  if (fresh && fresh.innerHTML !== here.innerHTML) {
    const held = here.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    here.innerHTML = fresh.innerHTML;
    if (held) here.querySelector(`a[href="${CSS.escape(held)}"]`)?.focus();
  }
  beat();
  document.dispatchEvent(new CustomEvent("session:shown"));
}

let stream;
let lost;
const off = document.querySelector("[data-off]");
function listen() {
  stream = new EventSource(room.dataset.stream);
  stream.addEventListener("open", () => { clearInterval(lost); lost = undefined; off.hidden = true; refresh(); });
  stream.addEventListener("changed", refresh);
  stream.addEventListener("bye", () => { stream.close(); refresh(); });
  stream.addEventListener("error", () => {
    off.hidden = false;
    lost ??= setInterval(refresh, SLOW_MS);
    if (stream.readyState === EventSource.CLOSED) setTimeout(listen, SLOW_MS);
  });
}
listen();
setInterval(refresh, SLOW_MS); // what is overdue becomes so without an entry
window.addEventListener("pagehide", () => stream.close());
document.addEventListener("visibilitychange", () => {
  stream.close();
  if (document.visibilityState === "visible") listen();
});
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
