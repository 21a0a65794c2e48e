// A page was closed before everything was sent: whichever page the person opens next on this device sends the rest.
import { Outbox } from "./outbox.js";
import { Said } from "./outbox-said.js";

export function startOutboxAnywhere() {
  const place = document.querySelector("[data-outbox-anywhere]");
  if (!place || document.querySelector("[data-session]")) return; // the bedside has its own
  const said = new Said(place);
  new Outbox({
    account: place.dataset.account,
    skew: 0,
    token: () => document.querySelector("[name=csrfmiddlewaretoken]")?.value || "",
    onChange: (state) => said.waiting(state),
    onStored: (receipt) => said.told(receipt.told?.join(" ")),
  });
}
