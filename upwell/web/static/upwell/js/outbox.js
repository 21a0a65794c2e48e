// What was entered and is not stored yet: kept on this device until the server has said that it has it.
// Every entry has its id and its time from here, so that sending it twice is harmless.
const PREFIX = "upwell-outbox:"; // a key for each entry: two pages of one browser never write over each other
const AGAIN_MS = 3000;
const GIVE_UP_MS = 10000; // a request on a dying network is tried anew

export class Outbox {
  constructor({ account, skew, onChange, onStored, token }) {
    Object.assign(this, { account, skew, onChange, onStored, token });
    this.unkept = new Map(); // what a full or forbidden store did not take: here alone
    this.refused = new Set();
    this.sending = false;
    this.signedOut = false;
    window.addEventListener("online", () => this.flush());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.flush());
    this.flush();
  }

  // Another person's unsent entries stay until that person is back: nobody writes under a colleague's name.
  mine() {
    return [...stored(), ...this.unkept.values()]
      .filter((one) => one.account === this.account)
      .sort((one, other) => one.number - other.number);
  }

  // What waits, for whoever tells it: how many, and why.
  state() {
    return {
      waiting: this.mine().length,
      signedOut: this.signedOut,
      refused: this.mine().filter((one) => this.refused.has(one.fields.id)).length,
      unkept: this.unkept.size,
    };
  }

  // The server's clock, as well as it is known here: a tablet's own may be hours away.
  now() { return new Date(Date.now() + this.skew).toISOString(); }

  put(url, fields) {
    const id = fresh(); // the form's own id is for a page without scripts: it would stay the same until a reload
    const number = Math.max(Date.now(), ...this.mine().map((one) => one.number + 1));
    const entry = {
      url, number, account: this.account, fields: { ...fields, id, observed_at: this.now(), from_device: device() },
    };
    try { localStorage.setItem(PREFIX + id, JSON.stringify(entry)); } catch { this.unkept.set(id, entry); }
    this.onChange(this.state());
    return this.send();
  }

  flush() {
    this.refused.clear(); // what was refused may be taken now: the person may be back where they wrote it
    return this.send();
  }

  async send() {
    if (this.sending) return;
    this.sending = true;
    const next = () => this.mine().find((one) => !this.refused.has(one.fields.id));
    try {
      for (let one = next(); one; one = next()) if (!(await this.sendOne(one))) break;
    } finally {
      this.sending = false;
    }
    clearTimeout(this.timer);
    if (next()) this.timer = setTimeout(() => this.send(), AGAIN_MS);
  }

  // Whether the next one is worth a try. An entry leaves the device only with the server's receipt.
  async sendOne(entry) {
    const fields = { ...entry.fields, csrfmiddlewaretoken: this.token() };
    let answer;
    let receipt;
    try {
      answer = await fetch(entry.url, {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRFToken": this.token() },
        body: new URLSearchParams(fields),
        redirect: "manual",
        signal: AbortSignal.timeout(GIVE_UP_MS),
      });
      receipt = await answer.json().catch(() => null);
    } catch {
      this.onChange(this.state());
      return false;
    }
    // To the log-in page, or no longer this person: it waits until they are back.
    this.signedOut = answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403;
    if (receipt?.stored) {
      this.unkept.delete(entry.fields.id);
      try { localStorage.removeItem(PREFIX + entry.fields.id); } catch { /* it was never there */ }
      this.onChange(this.state());
      this.onStored(receipt);
      return true;
    }
    const later = this.signedOut || answer.ok || answer.status >= 500 || answer.status === 429;
    if (!later) this.refused.add(entry.fields.id);
    this.onChange(this.state());
    return !later;
  }
}

// crypto.randomUUID is there over HTTPS and on this machine alone.
function fresh() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function stored() {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).map(read).filter(Boolean);
  } catch { return []; }
}

function read(key) {
  try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
}

function device() {
  const key = "upwell-device";
  try {
    if (!localStorage.getItem(key)) localStorage.setItem(key, `device-${Math.random().toString(36).slice(2, 8)}`);
    return localStorage.getItem(key);
  } catch { return ""; }
}
