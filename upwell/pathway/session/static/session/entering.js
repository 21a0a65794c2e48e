// The bedside's forms, with a network and without: what is entered goes to the outbox, which says where it is kept.
export function takeForms(outbox) {
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-outbox]");
    if (!form || event.defaultPrevented) return;
    event.preventDefault();
    if (saysNothing(form) || !form.reportValidity()) return;
    const what = form.getAttribute("action").split("/").filter(Boolean).pop();
    outbox.put(what, fieldsOf(form, event.submitter));
    form.reset(); // at once: a second tap finds an empty form
    for (const part of form.querySelectorAll("details.late[open]")) part.open = false;
  });
}

// A form of which no field has to be filled, and none was: there is nothing to write down, and the page says so.
function saysNothing(form) {
  const fields = [...form.querySelectorAll("input:not([type=hidden], [name=observed]), select, textarea")];
  if (!form.dataset.needsSomething || fields.some((one) => one.value.trim())) return false;
  fields[0].setCustomValidity(form.dataset.needsSomething);
  fields[0].reportValidity();
  form.addEventListener("input", () => fields[0].setCustomValidity(""), { once: true });
  return true;
}

function fieldsOf(form, submitter) {
  const sent = new FormData(form, submitter);
  const fields = {};
  for (const name of new Set(sent.keys())) {
    const values = sent.getAll(name);
    fields[name] = values.length > 1 ? values : values[0];
  }
  for (const name of ["csrfmiddlewaretoken", "id", "back"]) delete fields[name];
  return fields;
}

// What the page without a network may show: whose chair, since when, what is due. No name, no measured value.
export function offlineShown(room) {
  const since = document.querySelector("[data-since]")?.dataset.since || "";
  const due = [...document.querySelectorAll(".due")].map((one) => ({
    what: one.querySelector("strong")?.textContent || "",
    at: one.querySelector("[data-due]")?.dataset.due || "",
  }));
  const over = room.dataset.over === "yes";
  return { label: room.dataset.label || "", over, since: over ? "" : since, due: over ? [] : due };
}
