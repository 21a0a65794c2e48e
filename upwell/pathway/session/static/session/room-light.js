// The light of the room: dark while somebody lies there, bright when the one who writes needs it. Kept on this device.
const KEY = "upwell-room";

export function startRoomLight() {
  const button = document.querySelector("[data-room-light]");
  if (!button) return;
  const root = document.documentElement;
  const show = () => {
    const bright = root.dataset.theme !== "session";
    button.setAttribute("aria-pressed", String(bright));
  };
  button.addEventListener("click", () => {
    const bright = root.dataset.theme === "session";
    root.dataset.theme = bright ? "light" : "session";
    try { localStorage.setItem(KEY, bright ? "light" : "session"); } catch { /* it holds for this page */ }
    show();
  });
  show();
}
