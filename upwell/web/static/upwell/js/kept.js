// What was sent and not taken, as the log-in had ended or it was refused, comes back with the page where it was written
// (<div data-kept>): it is filled into its form again. The person sends it. See upwell/access/kept.py.
import { OWN_WAY } from "./connected.js";

const LEFT_ALONE = ["hidden", "password", "file", "submit", "button", "reset", "image", "fieldset", "output"];

const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content;
const sentTo = (form) => new URL(form.getAttribute("action") || location.href, location.href).pathname;
const controls = (form) => [...form.elements].filter((one) => one.name && !LEFT_ALONE.includes(one.type));

// The form that it came from: sent to the same address, and with the most of its fields.
function formOf(fields, to) {
  const own = ([name, values]) => (form) => [...form.elements].some(
    (one) => one.name === name && (one.type !== "submit" || values.includes(one.value)));
  const tests = Object.entries(fields).map(own);
  const all = [...document.forms].filter((one) => one.method === "post" && sentTo(one) === to);
  const fit = (form) => tests.filter((test) => test(form)).length;
  return all.sort((one, other) => fit(other) - fit(one))[0];
}

function fill(form, fields) {
  const left = structuredClone(fields);
  for (const one of controls(form)) {
    const values = fields[one.name] ?? [];
    const before = [one.value, one.checked].join();
    if (one.type === "checkbox" || (one.type === "radio" && values.length)) one.checked = values.includes(one.value);
    else if (one.type === "select-multiple") for (const option of one.options) option.selected = values.includes(option.value);
    else if (one.type !== "radio" && values.length) one.value = left[one.name].shift() ?? "";
    if ([one.value, one.checked].join() === before) continue;
    for (let up = one.closest("details"); up; up = up.parentElement.closest("details")) up.open = true;
    for (const kind of ["input", "change"]) one.dispatchEvent(new Event(kind, { bubbles: true }));
  }
}

// What was sent stays in this tab until an answer to it comes: where the connection fails on the way, the browser shows
// a page of its own, and whoever comes back to the form finds it again.
const SENT = "upwell-sent";
const KEEP_MS = 30 * 60 * 1000;

function remember(form, account) {
  const fields = {};
  for (const one of controls(form)) {
    if (["checkbox", "radio"].includes(one.type) && !one.checked) continue;
    const values = one.type === "select-multiple" ? [...one.selectedOptions].map((option) => option.value) : [one.value];
    (fields[one.name] ??= []).push(...values);
  }
  const sent = { account, page: location.pathname, to: sentTo(form), fields, at: Date.now() };
  try { sessionStorage.setItem(SENT, JSON.stringify(sent)); } catch { /* no room: then as without it */ }
}

function comeBackTo() {
  let sent = null;
  try { sent = JSON.parse(sessionStorage.getItem(SENT)); } catch { return; }
  if (!sent) return;
  const [how] = performance.getEntriesByType("navigation");
  const from = document.referrer && new URL(document.referrer).pathname;
  const answered = how?.type !== "back_forward" && from === sent.page;
  const foreign = sent.account !== meta("upwell-account") || Date.now() - sent.at > KEEP_MS;
  const back = sent.page === location.pathname;
  if (answered || foreign || back) sessionStorage.removeItem(SENT);
  const place = document.querySelector("[data-unsent]");
  const form = back && !answered && !foreign && place && formOf(sent.fields, sent.to);
  if (!form) return;
  fill(form, sent.fields);
  place.setAttribute("role", "status");
  place.hidden = false;
}

export function startKept() {
  const place = document.querySelector("[data-kept]");
  const fields = place && JSON.parse(place.dataset.kept);
  const form = place && formOf(fields, place.dataset.keptTo);
  if (form) {
    fill(form, fields);
    place.hidden = "keptTold" in place.dataset;
  } else comeBackTo(); // what the server has kept counts first
  // A page that answers a sent form is no address to come back to: Back and Reload lead to the page of the form.
  const page = meta("upwell-page-of-form");
  if (page) {
    for (const one of document.forms) if (!one.getAttribute("action")) one.setAttribute("action", location.href);
    history.replaceState(history.state, "", page + location.hash);
  }
  // Whose form it is travels along, so that nobody else is given what was in it.
  const account = meta("upwell-account");
  document.addEventListener("submit", (event) => {
    const sent = event.target;
    if (event.defaultPrevented || !account || sent.method !== "post") return;
    if (!sent.matches(OWN_WAY)) remember(sent, account); // a dose that is kept on the device is not entered once more
    if (sent.querySelector("[name=owner]")) return;
    const owner = Object.assign(document.createElement("input"), { type: "hidden", name: "owner", value: account });
    sent.append(owner);
  });
}
