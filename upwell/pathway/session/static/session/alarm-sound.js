// The sound of open alarms. It goes on until somebody acknowledges: there is no button that only makes it quiet.
// A browser makes no sound before the first touch: the page says so, and the first touch anywhere lets it.
const PATTERNS = { // how high, how many, and how often in seconds; one that nobody answers comes twice as often
  amber: { hertz: 520, beeps: 2, every: 20 },
  red: { hertz: 780, beeps: 3, every: 8 },
  emergency: { hertz: 980, beeps: 5, every: 4 },
};
const LEVELS = ["amber", "red", "emergency"];
const BEEP_S = 0.16;

let context;
let lastRang = 0;
let rang = "";

const status = () => document.querySelector("[data-sound]");
const open = () => [...document.querySelectorAll("[data-alarm]:not([data-acknowledging])")];
const worst = (alarms) => alarms.map((one) => one.dataset.alarm).sort((a, b) => LEVELS.indexOf(b) - LEVELS.indexOf(a))[0];

function beep(pattern) {
  for (let n = 0; n < pattern.beeps; n += 1) {
    const at = context.currentTime + n * BEEP_S * 2;
    const tone = context.createOscillator();
    const gain = context.createGain();
    tone.frequency.value = pattern.hertz;
    gain.gain.setValueAtTime(0.0001, at);
    gain.gain.exponentialRampToValueAtTime(0.4, at + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.0001, at + BEEP_S);
    tone.connect(gain).connect(context.destination);
    tone.start(at);
    tone.stop(at + BEEP_S);
  }
}

async function unlock() {
  try {
    context ??= new AudioContext();
    if (context.state !== "running") await context.resume();
  } catch { /* this browser has no sound: the page goes on saying so */ }
  ring();
}

function say(state) {
  const place = status();
  if (!place || place.dataset.state === state) return;
  place.dataset.state = state;
  place.querySelector("[data-sound-words]").textContent = place.dataset[`words${state}`];
}

function ring() {
  const alarms = open();
  const audible = context?.state === "running";
  say(!audible ? "Blocked" : alarms.length ? "Ringing" : "Ready");
  const level = worst(alarms);
  if (!level || !audible) return;
  const pattern = PATTERNS[level];
  const every = (pattern.every / (alarms.some((one) => one.classList.contains("alarm--unseen")) ? 2 : 1)) * 1000;
  const now = performance.now();
  const fresh = alarms.map((one) => one.dataset.alarmKey).join(" ");
  if (fresh === rang && now - lastRang < every) return;
  [rang, lastRang] = [fresh, now];
  document.documentElement.dataset.rang = String(Number(document.documentElement.dataset.rang || 0) + 1);
  beep(pattern);
}

export function startAlarmSound() {
  if (!status()) return;
  // Not when it is put down: what the page then says may move the button that is about to be hit.
  for (const touch of ["pointerup", "keydown"]) document.addEventListener(touch, unlock, { capture: true });
  document.addEventListener("submit", (event) => { // seen here and now, also while there is no network
    if (event.target.matches("[data-acknowledge]")) event.target.closest("[data-alarm]")?.setAttribute("data-acknowledging", "");
  }, true);
  document.addEventListener("session:shown", ring);
  setInterval(ring, 1000);
  if (navigator.userActivation?.hasBeenActive) unlock();
  ring();
}
