// A page was closed before everything was sent: whichever page is opened next on this device sends the rest, signed in
// or not. Signing out says what waits, wipes nothing of it, and takes along the right to write from here.
import { Said } from "./outbox-said.js";
import { canSeal } from "./outbox-seal.js";
import { all, forget, wasUsed } from "./outbox-store.js";

export async function startOutboxAnywhere() {
  if (!canSeal) return;
  guardSignOut();
  if (!wasUsed() || document.querySelector("[data-session]")) return; // the bedside has its own
  const { Sender } = await import("./outbox-sender.js");
  const said = new Said(document.querySelector("[data-outbox-anywhere]"));
  new Sender({
    onChange: (state) => said.waiting(state),
    onStored: (receipt) => said.told(receipt.told?.join(" ")),
  });
}

const leaves = (form) => /\/accounts\/logout\/$/.test(new URL(form.action, location.href).pathname);

function guardSignOut() {
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!wasUsed() || !leaves(form) || form.dataset.left || form.dataset.asking) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    form.dataset.asking = "yes";
    const waiting = (await all("envelopes").catch(() => [])).length;
    const words = document.querySelector("[data-words-sign-out]")?.dataset.wordsSignOut || "{n}";
    const goes = !waiting || (await asked(words.replace("{n}", waiting)));
    delete form.dataset.asking;
    if (!goes) return;
    for (const one of await all("passes").catch(() => [])) await forget("passes", [one.session, one.account]).catch(() => {});
    form.dataset.left = "yes";
    form.requestSubmit(event.submitter);
  }, true);
}

async function asked(words) {
  const { ask } = await import("./dialog.js");
  return ask(words);
}
