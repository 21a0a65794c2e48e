// <form data-unsaved-guard>: the browser asks before typed work is left behind.
const CALL_MS = 1000;

export function startUnsavedGuard() {
  const dirty = new Set();
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.hasAttribute("data-unsaved-guard")) dirty.add(form);
  });
  document.addEventListener("submit", (event) => { if (!event.defaultPrevented) dirty.clear(); });
  // A call or a message (tel:, sms:, mailto:) leaves no page: no question may stand in its way.
  let calling = false;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || /^https?:$/.test(link.protocol)) return;
    calling = true;
    setTimeout(() => { calling = false; }, CALL_MS);
  }, true);
  window.addEventListener("beforeunload", (event) => {
    if (calling) return;
    for (const form of dirty) if (form.isConnected) { event.preventDefault(); return; }
  });
}
