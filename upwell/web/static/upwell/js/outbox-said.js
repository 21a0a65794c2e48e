// What the outbox has to say, in the words of the page: <p data-outbox-status data-words-…>. Nothing covers another
// thing up: what waits, what the last receipt said, and whatever else the page has to tell stand beside each other.
const SOON_MS = 5000; // how long a good receipt stays
const LONG_MS = 30000; // and one that tells something that somebody should know

export class Said {
  constructor(place) {
    this.place = place;
    this.receipts = new Map(); // what was told, and until when it stays
    this.parts = { unsealed: "", waiting: "", told: "", off: "" };
  }

  words(name, n) { return (this.place?.dataset[`words${name}`] || "").replace("{n}", n); }

  set(part, text) {
    this.parts[part] = text;
    this.show();
  }

  waiting({ waiting, unkept, refused, signIn, failed }) {
    const name = unkept ? "Unkept" : refused ? "Refused" : signIn ? "Login" : failed ? "Failed" : "Unsent";
    this.set("waiting", waiting ? this.words(name, unkept || refused || signIn || waiting) : "");
    this.count("here", this.words("Here", waiting));
  }

  // What is saved here and what is saved on the server, always shown apart.
  count(where, text) {
    const place = document.querySelector(`[data-saved-${where}]`);
    if (place && place.textContent !== text) place.textContent = text;
  }

  onServer(at) {
    const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: this.place?.dataset.zone }; // as the log's
    const time = new Date(at).toLocaleTimeString(document.documentElement.lang, clock);
    this.count("there", this.words("There", time));
  }

  // A receipt says that it is written down, and what the server had to tell. Two receipts often come together: the
  // second takes nothing away that the first had to tell.
  told(text, nothing) {
    this.nothing = nothing; // an empty form: nothing was written down
    this.receipts.set(text || "", Date.now() + (text ? LONG_MS : SOON_MS));
    this.receipt();
  }

  receipt() {
    clearTimeout(this.timer);
    const now = Date.now();
    for (const [text, until] of this.receipts) if (until <= now) this.receipts.delete(text);
    const told = [...this.receipts.keys()].filter(Boolean);
    this.good = !told.length;
    this.set("told", this.receipts.size ? [this.nothing ? "" : this.words("Sent"), ...told].join(" ") : "");
    if (this.receipts.size) this.timer = setTimeout(() => this.receipt(), Math.min(...this.receipts.values()) - now);
  }

  show() {
    if (!this.place) return;
    const text = Object.values(this.parts).filter(Boolean).join(" ");
    this.place.hidden = !text;
    if (this.place.textContent !== text) this.place.textContent = text;
    this.place.classList.toggle("outbox--good", Boolean(this.good && text === this.parts.told));
  }
}
