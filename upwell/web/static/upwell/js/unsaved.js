// <form data-unsaved-guard>: the browser asks before typed work is left behind.
export function startUnsavedGuard() {
  const dirty = new Set();
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.hasAttribute("data-unsaved-guard")) dirty.add(form);
  });
  document.addEventListener("submit", (event) => { if (!event.defaultPrevented) dirty.clear(); });
  window.addEventListener("beforeunload", (event) => {
    for (const form of dirty) if (form.isConnected) { event.preventDefault(); return; }
  });
}
