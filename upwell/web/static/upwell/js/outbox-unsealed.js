// A page that came without HTTPS can seal nothing, so nothing is kept on this device: each entry is sent at once, from
// memory, and the page says so. It is never told as saved before the server has said that it is.
import { fresh } from "./outbox-seal.js";

const AGAIN_MS = 3000;
const GIVE_UP_MS = 10000;

export class Unsealed {
  constructor({ session, token, skew, onChange, onStored }) {
    Object.assign(this, { session, token, skew, onChange, onStored });
    this.unkept = new Map();
    window.addEventListener("online", () => this.send());
  }

  async put(what, fields) {
    const id = fresh();
    const observed_at = new Date(Date.now() + this.skew).toISOString();
    this.unkept.set(id, { id, what, fields: { ...fields, id, observed_at } });
    this.tell();
    await this.send();
    return true;
  }

  tell() { this.onChange?.({ waiting: this.unkept.size, unkept: this.unkept.size, refused: 0, signIn: 0 }); }

  async send() {
    if (this.sending) return;
    this.sending = true;
    for (const one of this.unkept.values()) if (!(await this.sendOne(one))) break;
    this.sending = false;
    clearTimeout(this.timer);
    if (this.unkept.size) this.timer = setTimeout(() => this.send(), AGAIN_MS);
  }

  async sendOne({ id, what, fields }) {
    const sent = new URLSearchParams();
    for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) sent.append(name, one);
    sent.set("csrfmiddlewaretoken", this.token());
    let receipt;
    try {
      const answer = await fetch(`/sessions/${this.session}/record/${what}/`, {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRFToken": this.token() },
        body: sent,
        redirect: "manual",
        signal: AbortSignal.timeout(GIVE_UP_MS),
      });
      receipt = await answer.json().catch(() => null);
    } catch { /* no network: it is tried again for as long as this page is open */ }
    if (receipt?.stored === true) {
      this.unkept.delete(id);
      this.onStored?.(receipt);
    }
    this.tell();
    return receipt?.stored === true;
  }
}
