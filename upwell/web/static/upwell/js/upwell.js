// Wakes every behaviour on the page. Each works on plain HTML that is complete without it.
import { startConnected } from "./connected.js";
import { startConfirm, startDialogs } from "./dialog.js";
import { startKept } from "./kept.js";
import { startMenus } from "./menu.js";
import { startOutboxAnywhere } from "./outbox-anywhere.js";
import { startSteppers } from "./stepper.js";
import { startSubmitOnce } from "./submit-once.js";
import { startTheme } from "./theme.js";
import { startUnsavedGuard } from "./unsaved.js";

startTheme();
startMenus();
startDialogs();
startConfirm();
startConnected(); // before whoever takes a submit for granted
startUnsavedGuard();
startKept(); // before the steppers, which begin where something is missing
startSteppers();
startOutboxAnywhere();
startSubmitOnce(); // last: it must see whether somebody before it stopped the submit

// After a refused form the reader starts where the trouble is told (after load: a #fragment takes the focus first).
window.addEventListener("load", () => document.querySelector("[data-error-summary]")?.focus());
