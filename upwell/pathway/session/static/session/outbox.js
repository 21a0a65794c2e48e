// What was entered and is not stored yet: kept on this device until the server has said that it has it.
// Every entry has its id and its time from here, so that sending it twice is harmless.
const KEY = "upwell-outbox";
const AGAIN_MS = 3000;
const GIVE_UP_MS = 10000; // a request on a dying network is tried anew

export class Outbox {
  constructor({ account, skew, onChange, onStored, token }) {
    Object.assign(this, { account, skew, onChange, onStored, token });
    this.sending = false;
    this.signedOut = false;
    window.addEventListener("online", () => this.flush());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.flush());
    this.flush();
  }

  // Another person's unsent entries stay until that person is back: nobody writes under a colleague's name.
  all() {
    try { return JSON.parse(localStorage.getItem(KEY) || "[]"); } catch { return this.memory || []; }
  }

  mine() { return this.all().filter((one) => one.account === this.account); }

  keep(entries) {
    this.memory = entries;
    try { localStorage.setItem(KEY, JSON.stringify(entries)); } catch { /* a full or forbidden store: memory alone */ }
    this.onChange(this.mine().length, this.signedOut);
  }

  // The server's clock, as well as it is known here: a tablet's own may be hours away.
  now() { return new Date(Date.now() + this.skew).toISOString(); }

  put(url, fields) {
    const id = crypto.randomUUID ? crypto.randomUUID() : fields.id;
    const entry = { url, account: this.account, fields: { ...fields, id, observed_at: this.now(), from_device: device() } };
    this.keep([...this.all(), entry]);
    return this.flush();
  }

  async flush() {
    if (this.sending) return;
    this.sending = true;
    try {
      for (let one = this.mine()[0]; one; one = this.mine()[0]) {
        if (!(await this.send(one))) break;
      }
    } finally {
      this.sending = false;
    }
    clearTimeout(this.timer);
    if (this.mine().length) this.timer = setTimeout(() => this.flush(), AGAIN_MS);
  }

  async send(entry) {
    const fields = { ...entry.fields, csrfmiddlewaretoken: this.token() };
    let answer;
    try {
      answer = await fetch(entry.url, {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRFToken": this.token() },
        body: new URLSearchParams(fields),
        redirect: "manual",
        signal: AbortSignal.timeout(GIVE_UP_MS),
      });
    } catch {
      this.onChange(this.mine().length, this.signedOut);
      return false;
    }
    // To the log-in page, or no longer this person: it waits until they are back.
    this.signedOut = answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403;
    if (this.signedOut || answer.status >= 500 || answer.status === 429) {
      this.onChange(this.mine().length, this.signedOut);
      return false;
    }
    const receipt = await answer.json().catch(() => null);
    this.keep(this.all().filter((one) => one.fields.id !== entry.fields.id));
    this.onStored(receipt, answer.ok);
    return true;
  }
}

function device() {
  const key = "upwell-device";
  try {
    if (!localStorage.getItem(key)) localStorage.setItem(key, `device-${Math.random().toString(36).slice(2, 8)}`);
    return localStorage.getItem(key);
  } catch { return ""; }
}
