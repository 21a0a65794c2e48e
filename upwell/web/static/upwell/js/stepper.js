// One question a screen. <form data-stepper> is complete without this; here its [data-step] fieldsets are shown
// one at a time: always with data-stepper="always", otherwise on phones. The address's #q-3 says which, so the
// browser's back button goes one question back.
const PHONE = window.matchMedia("(max-width: 40em)");
const PAUSE_MS = 220; // long enough to see the answer being taken

class Stepper {
  constructor(form) {
    this.form = form;
    this.all = [...form.querySelectorAll("[data-step]")];
    this.bar = form.querySelector("[data-stepper-bar]");
    this.ways = form.querySelector("[data-stepper-ways]");
    this.finish = form.querySelector("[data-stepper-finish]");
    this.said = form.querySelector("[data-stepper-said]");
    this.at = -1;
    this.depth = 0;
    this.on = false;
    this.listen();
    this.choose();
    PHONE.addEventListener("change", () => this.choose());
  }

  // Questions that are not asked, by the answers so far, are no steps.
  get steps() { return this.all.filter((step) => !step.hasAttribute("data-skipped")); }

  listen() {
    this.form.addEventListener("upwell:asked", () => this.on && this.show(Math.min(this.at, this.steps.length - 1), false));
    window.addEventListener("hashchange", () => this.on && this.show(this.fromHash(), true));
    this.ways?.querySelector("[data-stepper-back]").addEventListener("click", () => this.back());
    this.ways?.querySelector("[data-stepper-next]").addEventListener("click", () => this.next());
    document.addEventListener("keydown", (event) => {
      // Also before anything on the page has the focus: who opened it by keyboard answers at once.
      const here = event.target === document.body || this.form.contains(event.target);
      if (this.on && here) this.key(event);
    });
    this.form.addEventListener("click", (event) => {
      // A tap or a mouse click on an answer goes on by itself; arrow keys only choose (their clicks have detail 0).
      if (!this.on || event.detail === 0) return;
      if (event.target.closest("label")?.querySelector("input[type=radio]")) this.advanceSoon();
    });
    this.form.addEventListener("submit", (event) => this.on && this.check(event), true);
  }

  choose() {
    const on = this.form.dataset.stepper === "always" || PHONE.matches;
    if (on === this.on) return;
    this.on = on;
    this.form.classList.toggle("is-stepping", on);
    this.form.noValidate = on; // a required answer on a hidden question could not be pointed at
    if (this.bar) this.bar.hidden = !on;
    if (on) { this.show(this.firstWrong() ?? this.fromHash(), false); return; }
    for (const part of [...this.all, this.finish]) if (part) part.hidden = false;
    for (const way of this.ways?.querySelectorAll("[data-stepper-back], [data-stepper-next]") ?? []) way.hidden = true;
  }

  firstWrong() {
    const index = this.steps.findIndex((step) => step.querySelector("[aria-invalid=true], .field__error"));
    return index < 0 || location.hash ? undefined : index;
  }

  fromHash() {
    const found = /^#q-(\d+)$/.exec(location.hash);
    return found ? Math.min(Math.max(Number(found[1]) - 1, 0), this.steps.length - 1) : 0;
  }

  show(index, moveFocus) {
    this.at = index;
    const last = index === this.steps.length - 1;
    const shown = this.steps[index];
    this.all.forEach((step) => { step.hidden = step !== shown; });
    if (this.finish) this.finish.hidden = !last;
    if (this.ways) {
      this.ways.querySelector("[data-stepper-next]").hidden = last;
      this.ways.querySelector("[data-stepper-back]").hidden = index === 0;
    }
    const text = (this.bar?.dataset.text || "{n} / {total}")
      .replace("{n}", index + 1).replace("{total}", this.steps.length);
    if (this.bar) {
      this.bar.querySelector("[data-stepper-count]").textContent = text;
      const progress = this.bar.querySelector("progress");
      progress.max = this.steps.length;
      progress.value = index + 1;
    }
    if (!moveFocus) return;
    if (this.said) this.said.textContent = text;
    const step = this.steps[index];
    step.tabIndex = -1;
    step.focus({ preventScroll: true });
    this.form.scrollIntoView({ block: "start" });
  }

  valid() {
    const fields = [...this.steps[this.at].querySelectorAll("input, select, textarea")];
    return fields.every((field) => field.reportValidity());
  }

  next() {
    if (this.at >= this.steps.length - 1 || !this.valid()) return;
    this.depth += 1;
    location.hash = `q-${this.at + 2}`;
  }

  back() {
    if (this.at === 0) return;
    if (this.depth > 0) { this.depth -= 1; history.back(); return; }
    location.replace(`#q-${this.at}`);
  }

  advanceSoon() {
    const from = this.at;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { if (this.at === from) this.next(); }, PAUSE_MS);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches("input:not([type=radio], [type=checkbox]), select, textarea");
    if (/^[1-9]$/.test(event.key) && !typing) {
      const radio = this.steps[this.at].querySelectorAll("input[type=radio]")[Number(event.key) - 1];
      if (!radio) return;
      event.preventDefault();
      radio.focus();
      radio.checked = true;
      radio.dispatchEvent(new Event("input", { bubbles: true }));
      radio.dispatchEvent(new Event("change", { bubbles: true }));
      this.advanceSoon();
    } else if (event.key === "Enter" && !event.target.closest("button, a, summary, textarea")) {
      // Enter goes to the next question, and never sends a half-filled form.
      if (this.at < this.steps.length - 1) { event.preventDefault(); this.next(); }
    }
  }

  check(event) {
    const wrong = this.steps.findIndex((step) =>
      [...step.querySelectorAll("input, select, textarea")].some((field) => !field.checkValidity()));
    if (wrong < 0) {
      // A redirect carries the fragment along; the next questionnaire must not open at this one's last question.
      history.replaceState(null, "", location.pathname + location.search);
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    if (wrong === this.at) { this.valid(); return; }
    this.depth += 1;
    location.hash = `q-${wrong + 1}`;
    setTimeout(() => this.valid(), PAUSE_MS);
  }
}

export function startSteppers() {
  for (const form of document.querySelectorAll("form[data-stepper]")) new Stepper(form);
}
