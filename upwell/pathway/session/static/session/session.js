// The bedside and the second screen: clocks that tick, entries that are sent without leaving the page, and the live
// part of the page, fetched anew when the server says that something changed. Without all this the page is complete.
import { Outbox } from "../upwell/js/outbox.js";
import { Said } from "../upwell/js/outbox-said.js";
import { canSeal } from "../upwell/js/outbox-seal.js";
import { Unsealed } from "../upwell/js/outbox-unsealed.js";
import { startAlarmSound } from "./alarm-sound.js";
import { tick } from "./clocks.js";
import { offlineShown, takeForms } from "./entering.js";
import { startRoomLight } from "./room-light.js";

const room = document.querySelector("[data-session]");
const skew = Date.parse(room.dataset.now) - Date.now();
const said = new Said(document.querySelector("[data-outbox-status]"));
const SLOW_MS = 30000; // without the live connection the page asks by itself

startRoomLight();
startAlarmSound();
const beat = () => tick(room, skew);
setInterval(beat, 1000);
beat();

// ---- the live part
let asking = false;
let again = false;
async function refresh() {
  if (asking) { again = true; return; }
  asking = true;
  try {
    const answer = await fetch(room.dataset.part, { headers: { "HX-Request": "true" }, redirect: "manual" });
    if (answer.ok) replace(await answer.text());
    else if (answer.headers.get("HX-Redirect")) signedOut(answer.headers.get("HX-Redirect"));
  } catch { /* the network is gone; the live connection says so */ }
  asking = false;
  if (again) { again = false; refresh(); }
}

function replace(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  for (const part of fresh.querySelectorAll("[data-live]")) {
    const here = document.getElementById(part.id);
    if (!here || same(here, part) || beingFilled(here)) continue;
    const open = [...here.querySelectorAll("details")].map((one) => one.open);
    const held = here.contains(document.activeElement) ? document.activeElement.textContent : null;
    here.innerHTML = part.innerHTML;
    here.querySelectorAll("details").forEach((one, n) => { if (n in open) one.open = open[n]; });
    if (held) [...here.querySelectorAll("button, a")].find((one) => one.textContent === held)?.focus();
  }
  beat();
  document.dispatchEvent(new CustomEvent("session:shown"));
}

// Ids and tokens are new with every answer; they are no change.
const text = (node) => node.innerHTML.replace(/(name="(?:id|csrfmiddlewaretoken)" value=")[^"]*/g, "$1");
const same = (one, other) => text(one) === text(other);
const beingFilled = (node) => [...node.querySelectorAll("input:not([type=hidden]), textarea")].some(
  (field) => field === document.activeElement || (field.type !== "radio" && field.value !== field.defaultValue));

// A log-in ends while a person lies in the chair: whoever watches goes on writing here, with the pass of this device.
function signedOut(place) {
  if (!outbox?.pass || room.dataset.over === "yes") location.assign(place);
  else said.set("off", said.words("SignedOut"));
}
document.addEventListener("htmx:before:response", (event) => { // the banner of alerts asks, too
  const place = event.detail.ctx?.response?.headers?.get("HX-Redirect");
  if (!place) return;
  event.preventDefault();
  signedOut(place);
});

let stream;
let lost;
function listen() {
  stream = new EventSource(room.dataset.stream);
  stream.addEventListener("open", () => { clearInterval(lost); lost = undefined; said.set("off", ""); });
  stream.addEventListener("changed", refresh);
  stream.addEventListener("bye", () => { stream.close(); refresh(); });
  stream.addEventListener("error", () => {
    if (!lost) { said.set("off", said.words("Off")); lost = setInterval(refresh, SLOW_MS); }
    if (stream.readyState === EventSource.CLOSED) setTimeout(listen, SLOW_MS);
  });
}
if (room.dataset.over !== "yes") listen();
window.addEventListener("pagehide", () => stream?.close());
// A browser holds few connections to one place: a page that nobody sees gives its own back.
document.addEventListener("visibilitychange", () => {
  if (room.dataset.over === "yes") return;
  stream?.close();
  if (document.visibilityState === "visible") listen();
});
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

// ---- the outbox: a page that came without HTTPS can keep nothing, and says so
const outbox = room.dataset.account && new (canSeal ? Outbox : Unsealed)({
  session: room.dataset.session,
  account: room.dataset.account,
  skew,
  token: () => document.querySelector("[name=csrfmiddlewaretoken]")?.value || "",
  shown: () => offlineShown(room),
  onChange: (state) => said.waiting(state),
  onStored: (receipt) => {
    said.told(receipt.told?.join(" "), receipt.nothing);
    said.onServer(receipt.now);
    refresh();
  },
});

if (outbox) {
  if (!canSeal) said.set("unsealed", said.words("Unsealed"));
  takeForms(outbox);
  document.addEventListener("session:shown", () => outbox.remember?.());
  // The bedside can be opened again without a network; a newer page for that is fetched while there is one.
  if (canSeal) {
    navigator.serviceWorker?.register("/sw.js", { updateViaCache: "none" }).catch(() => {});
    navigator.serviceWorker?.ready.then((there) => there.active?.postMessage("refresh"));
  }
  window.addEventListener("beforeunload", (event) => { if (outbox.unkept.size) event.preventDefault(); });
}
