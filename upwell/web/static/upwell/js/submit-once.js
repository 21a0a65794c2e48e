// A form is sent once: its buttons rest after the first submit and wake when the page is shown again.
// The server keeps one record either way; this spares people the doubt. Opt out with data-submit-many.
const WAKE_AFTER_MS = 15000; // a dead connection must not leave a dead button

function rest(form, submitter) {
  for (const button of form.querySelectorAll("button:not([type=button]), input[type=submit]")) {
    if (button.disabled) continue;
    button.disabled = true;
    button.dataset.resting = "yes";
  }
  if (submitter) submitter.dataset.busy = "yes";
  form.setAttribute("aria-busy", "true");
}

function wake(form) {
  for (const button of form.querySelectorAll("[data-resting]")) {
    button.disabled = false;
    delete button.dataset.resting;
    delete button.dataset.busy;
  }
  form.removeAttribute("aria-busy");
}

export function startSubmitOnce() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("data-submit-many")) return;
    if (form.getAttribute("aria-busy") === "true") { event.preventDefault(); return; }
    form.setAttribute("aria-busy", "true");
    // After this turn, so that the pressed button's own name and value still travel.
    setTimeout(() => rest(form, event.submitter), 0);
    setTimeout(() => wake(form), WAKE_AFTER_MS);
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[aria-busy]")) wake(form);
  });
}
