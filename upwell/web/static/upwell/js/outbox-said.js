// What the outbox has to say, in the words of the page: <p data-outbox-status data-words-…>. Nothing covers another
// thing up: what waits, what the last receipt said, and whatever else the page has to tell stand beside each other.
const SOON_MS = 5000; // how long a good receipt stays

export class Said {
  constructor(place) {
    this.place = place;
    this.parts = { waiting: "", told: "", off: "" };
  }

  words(name, n) { return (this.place?.dataset[`words${name}`] || "").replace("{n}", n); }

  set(part, text) {
    this.parts[part] = text;
    this.show();
  }

  waiting({ waiting, signedOut, refused, unkept }) {
    const name = refused ? "Refused" : signedOut ? "Login" : unkept ? "Unkept" : "Unsent";
    this.set("waiting", waiting ? this.words(name, refused || waiting) : "");
  }

  told(text) {
    clearTimeout(this.timer);
    this.good = !text;
    this.set("told", text || this.words("Sent"));
    if (this.good) this.timer = setTimeout(() => this.set("told", ""), SOON_MS);
  }

  show() {
    if (!this.place) return;
    const text = Object.values(this.parts).filter(Boolean).join(" ");
    this.place.hidden = !text;
    if (this.place.textContent !== text) this.place.textContent = text;
    this.place.classList.toggle("outbox--good", this.good && text === this.parts.told);
  }
}
