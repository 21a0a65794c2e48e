// Without a connection a form is not sent: the browser's own error page would take away what was entered.
// The bedside's forms have a way of their own (data-outbox), and so has what htmx sends.
export const OWN_WAY = "[data-outbox], [data-acknowledge], [hx-post]";

export function startConnected() {
  const notice = document.querySelector("[data-no-connection]");
  if (!notice) return;
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || navigator.onLine || form.method !== "post" || form.matches(OWN_WAY)) return;
    event.preventDefault();
    notice.setAttribute("role", "alert");
    notice.hidden = false;
    notice.scrollIntoView({ block: "center" });
  });
  window.addEventListener("online", () => { notice.hidden = true; });
}
