// Delivers what this device has kept, from whichever page is open: each entry is sealed, and its own pass is inside, so
// that nobody has to be signed in. An entry leaves the device only with the server's receipt.
import { Clock } from "./outbox-clock.js";
import { all, forget } from "./outbox-store.js";

const PLACE = "/sessions/deliver/";
const AGAIN_MS = 3000;
const GIVE_UP_MS = 10000; // a request on a dying network is tried anew

export class Sender {
  constructor({ onChange, onStored }) {
    Object.assign(this, { onChange, onStored });
    this.clock = new Clock();
    this.unkept = new Map(); // what a full or forbidden store did not take: here alone
    this.refused = new Set();
    this.signIn = new Set(); // their pass has ended: whoever is signed in next delivers them
    this.failed = false; // the server answered that it could not store
    this.sending = false;
    window.addEventListener("online", () => this.flush());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.flush());
    this.others = new BroadcastChannel("upwell-outbox"); // another page of this browser sent or kept something
    this.others.addEventListener("message", () => this.tell());
    this.tell().then(() => this.send());
  }

  async kept() {
    const found = await all("envelopes").catch(() => []);
    return [...found, ...this.unkept.values()].sort((one, other) => one.number - other.number || (one.id < other.id ? -1 : 1));
  }

  // What waits, for whoever tells it: how many, and why.
  async tell() {
    const waiting = await this.kept();
    const count = (names) => waiting.filter((one) => names.has(one.id)).length;
    this.onChange?.({
      waiting: waiting.length,
      unkept: this.unkept.size,
      refused: count(this.refused),
      signIn: count(this.signIn),
      failed: this.failed,
    });
    return waiting;
  }

  flush() {
    this.refused.clear(); // what was refused may be taken now: the server may be whole again
    this.signIn.clear(); // somebody may have signed in meanwhile, in another tab
    return this.send();
  }

  // One page of a browser sends at a time; the others wait for the same lock and find nothing left.
  async send() {
    this.asked = true;
    if (this.sending) return;
    this.sending = true;
    clearTimeout(this.timer);
    try {
      while (this.asked) {
        this.asked = false;
        await navigator.locks.request("upwell-outbox", () => this.sendAll());
      }
    } finally {
      this.sending = false;
    }
    const left = (await this.kept()).filter((one) => this.worthATry(one));
    if (left.length) this.timer = setTimeout(() => this.send(), AGAIN_MS);
  }

  worthATry(one) { return !this.refused.has(one.id) && !this.signIn.has(one.id); }

  async sendAll() {
    for (;;) {
      const next = (await this.kept()).find((one) => this.worthATry(one));
      if (!next || !(await this.sendOne(next))) return;
    }
  }

  // Whether the next one is worth a try.
  async sendOne(entry) {
    const sent = Date.now();
    const sent_at = new Date(sent).toISOString();
    let answer;
    let receipt;
    try {
      answer = await this.post(entry, sent_at);
      receipt = await answer.json().catch(() => null);
    } catch {
      this.failed = false;
      await this.tell();
      return false;
    }
    if (receipt?.now) this.clock.heard(receipt.now, sent, Date.now());
    if (receipt?.stored === true) return this.wasStored(entry, receipt);
    this.failed = answer.status >= 500;
    if (answer.status === 401) this.signIn.add(entry.id);
    else if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) this.refused.add(entry.id);
    await this.tell();
    return !this.worthATry(entry);
  }

  post(entry, sent_at) {
    return fetch(PLACE, {
      method: "POST",
      headers: { Accept: "application/json", "Content-Type": "application/json" },
      body: JSON.stringify({ envelope: entry.envelope, sent_at }),
      redirect: "manual",
      signal: AbortSignal.timeout(GIVE_UP_MS),
    });
  }

  async wasStored(entry, receipt) {
    this.failed = false;
    this.unkept.delete(entry.id);
    await forget("envelopes", entry.id).catch(() => {}); // it goes once more then, and is stored once all the same
    this.others.postMessage("sent");
    await this.tell();
    this.onStored?.(receipt, entry);
    return true;
  }
}
