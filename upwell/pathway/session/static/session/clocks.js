// Clocks that tick: until what is due, since the dose, and since an alarm that nobody has answered yet.
const MINUTE = 60000;

const two = (n) => String(n).padStart(2, "0");
const put = (node, text) => { if (node.textContent !== text) node.textContent = text; };

export function tick(room, skew) {
  const words = (name, n) => (room.dataset[`words${name}`] || "").replace("{n}", n);
  const now = Date.now() + skew;
  for (const node of document.querySelectorAll("[data-due]")) {
    const left = Date.parse(node.dataset.due) - now;
    const whole = Math.max(1, Math.round(Math.abs(left) / MINUTE));
    const seconds = Math.floor(left / 1000);
    const clock = seconds < 600 ? words("Clock", `${Math.floor(seconds / 60)}:${two(seconds % 60)}`) : words("Soon", whole);
    put(node, left > 0 ? clock || words("Soon", whole) : left > -MINUTE / 2 ? words("Now") : words("Late", whole));
    node.closest(".due")?.classList.toggle("due--late", left < 0);
  }
  for (const node of document.querySelectorAll("[data-since]")) {
    const minutes = Math.max(0, Math.floor((now - Date.parse(node.dataset.since)) / MINUTE));
    put(node, `${Math.floor(minutes / 60)}:${two(minutes % 60)} h`);
  }
  for (const node of document.querySelectorAll("[data-last-is]")) {
    const hint = document.querySelector(`[data-last="${node.dataset.lastIs}"]`);
    if (hint && hint.innerHTML !== node.innerHTML) hint.innerHTML = node.innerHTML;
  }
  for (const node of document.querySelectorAll("[data-alarm-since][data-escalates]")) {
    const minutes = Math.floor((now - Date.parse(node.dataset.alarmSince)) / MINUTE);
    const unseen = minutes >= Number(node.dataset.escalates);
    node.classList.toggle("alarm--unseen", unseen);
    const place = node.querySelector("[data-unseen]");
    if (place) put(place, unseen ? words("Unseen", minutes) : "");
  }
}
