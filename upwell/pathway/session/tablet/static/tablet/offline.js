// The bedside without a network. The page itself knows nobody; which session, whose pass, since when and what is due,
// the tablet has kept. It goes on until the server answers, and then offers the whole page: it never leaves by itself.
import { Outbox } from "../upwell/js/outbox.js";
import { Said } from "../upwell/js/outbox-said.js";
import { Sender } from "../upwell/js/outbox-sender.js";
import { all } from "../upwell/js/outbox-store.js";
import { takeForms } from "../session/entering.js";

const ASK_MS = 5000;
const MINUTE = 60000;
const place = (name) => document.querySelector(`[data-offline-${name}]`);
const words = (node, name, n) => (node.dataset[`words${name}`] || "").replace("{n}", n);
const room = document.querySelector("[data-session]");
const wanted = /^\/sessions\/([0-9a-f-]{36})\//.exec(location.pathname)?.[1];
const said = new Said(document.querySelector("[data-outbox-status]"));
const heard = {
  onChange: (state) => said.waiting(state),
  onStored: (receipt) => { said.told(receipt.told?.join(" ")); said.onServer(receipt.now); back(); },
};

const holding = (await all("passes").catch(() => []))
  .filter((one) => !one.over && one.token && Date.parse(one.expires_at) > Date.now())
  .sort((one, other) => (other.seen || 0) - (one.seen || 0));
const pass = holding.find((one) => one.session === wanted);
if (pass) goOn(pass);
else offer(holding);
setInterval(look, ASK_MS);
look();
place("reload").addEventListener("click", () => location.reload());

function goOn(mine) {
  room.dataset.session = mine.session;
  place("label").textContent = mine.label || words(place("label"), "None");
  place("forms").hidden = false;
  const outbox = new Outbox({ session: mine.session, account: mine.account, offline: true, ...heard });
  takeForms(outbox);
  window.addEventListener("beforeunload", (event) => { if (outbox.unkept.size) event.preventDefault(); });
  setInterval(() => tick(mine), 1000);
  tick(mine);
}

function offer(others) {
  const choose = !wanted && others.length > 0;
  place("lede").textContent = words(place("lede"), choose ? "Choose" : "None");
  place("sessions").hidden = !choose;
  for (const one of choose ? others : []) {
    const line = document.createElement("li");
    const link = document.createElement("a");
    link.href = `/sessions/${one.session}/`;
    link.textContent = one.label || one.session;
    line.append(link);
    place("sessions").append(line);
  }
  new Sender(heard);
}

function tick(mine) {
  const now = Date.now() - (mine.off || 0);
  const ago = mine.since ? Math.max(0, Math.floor((now - Date.parse(mine.since)) / MINUTE)) : null;
  const long = ago === null ? "" : `${Math.floor(ago / 60)}:${String(ago % 60).padStart(2, "0")} h`;
  const lede = [words(place("lede"), "Who", mine.name || ""), long && words(place("lede"), "Since", long)];
  place("lede").textContent = lede.filter(Boolean).join(" ");
  const due = (mine.due || []).filter((one) => one.what);
  place("due").hidden = !due.length;
  place("due").replaceChildren(...due.map((one) => line(one, now)));
}

function line(one, now) {
  const minutes = (Date.parse(one.at) - now) / MINUTE;
  const whole = Math.max(1, Math.round(Math.abs(minutes)));
  const when = minutes > 0.5 ? words(room, "Soon", whole) : minutes > -0.5 ? words(room, "Now", "") : words(room, "Late", whole);
  const item = document.createElement("li");
  item.className = minutes < 0 ? "due due--late" : "due";
  const name = document.createElement("strong");
  name.textContent = one.what;
  item.append(name, ` ${when}`);
  return item;
}

async function look() {
  const answer = await fetch("/health", { cache: "no-store", signal: AbortSignal.timeout(ASK_MS) }).catch(() => null);
  if (answer?.ok) back();
  else place("back").hidden = true;
}

function back() { place("back").hidden = false; }
