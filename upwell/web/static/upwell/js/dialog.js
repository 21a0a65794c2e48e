// [data-dialog-open="id"] opens <dialog id>, [data-dialog-close] closes it;
// <form data-confirm="Question?"> or <button data-confirm="Question?"> asks first.
export function startDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog-open]");
    if (opener) {
      event.preventDefault();
      document.getElementById(opener.dataset.dialogOpen)?.showModal();
      return;
    }
    event.target.closest("[data-dialog-close]")?.closest("dialog")?.close();
  });
}

export function ask(question) {
  const dialog = document.getElementById("confirm-dialog");
  if (!dialog?.showModal) return Promise.resolve(window.confirm(question));
  dialog.querySelector("#confirm-dialog-text").textContent = question;
  return new Promise((answer) => {
    const finish = (value) => { stop.abort(); dialog.close(); answer(value); };
    const stop = new AbortController();
    const heard = { signal: stop.signal };
    dialog.querySelector("[data-confirm-yes]").addEventListener("click", () => finish(true), heard);
    dialog.querySelector("[data-confirm-no]").addEventListener("click", () => finish(false), heard);
    dialog.addEventListener("cancel", () => finish(false), heard);
    dialog.showModal();
  });
}

export function startConfirm() {
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const asker = event.submitter?.dataset.confirm ? event.submitter : form;
    if (!asker.dataset.confirm || form.dataset.confirmed) return;
    event.preventDefault();
    const button = event.submitter;
    if (!(await ask(asker.dataset.confirm))) return;
    form.dataset.confirmed = "yes";
    form.requestSubmit(button);
    delete form.dataset.confirmed;
  });
}
