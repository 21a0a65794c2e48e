// The bedside's outbox: what is entered is sealed and kept on this device before anything else happens, and sent as soon
// as the server answers. Every entry has its id and its time from here, so that sending it twice is harmless.
import { fresh, seal } from "./outbox-seal.js";
import { Sender } from "./outbox-sender.js";
import { device, find, keep } from "./outbox-store.js";

const AGAIN_MS = 3000;
const TWICE_MS = 1500; // the same once more within that is a finger that slipped

export class Outbox extends Sender {
  // shown(): what the page without a network may show of this session (see offline.js)
  // offline: the page came from this device, and writes with the pass that is there
  constructor({ session, account, token, shown, offline, onChange, onStored }) {
    super({ onChange, onStored });
    Object.assign(this, { session, account, token, shown, offline });
    this.unsealed = []; // entered before the pass was there
    this.last = { words: "", at: 0 };
    this.hold();
  }

  // The pass: the right to write here, and the key to seal with. One that is on the device holds without a network.
  async hold() {
    const there = await find("passes", [this.session, this.account]).catch(() => undefined);
    this.pass ??= there;
    if (!this.offline) await this.ask(there);
    if (!this.pass) return;
    if (!this.offline) await this.remember();
    for (const one of this.unsealed.splice(0)) await this.seal(one);
    this.send();
  }

  async ask(there) {
    const sent = Date.now();
    try {
      const answer = await fetch(`/sessions/${this.session}/pass/`, {
        method: "POST",
        headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": this.token() },
        body: JSON.stringify({ device: device(), token: there?.token || "" }),
        redirect: "manual",
        signal: AbortSignal.timeout(10000),
      });
      if (answer.status >= 400 && answer.status < 500) return; // not for this person: asking again changes nothing
      if (!answer.ok) throw new Error(String(answer.status));
      const given = await answer.json();
      this.clock.heard(given.now, sent, Date.now());
      this.pass = { ...there, ...given, token: given.token || there?.token };
    } catch {
      if (!this.pass) setTimeout(() => this.hold(), AGAIN_MS);
    }
  }

  async remember() {
    if (!this.pass) return;
    const known = { seen: Date.now(), off: this.clock.off || 0 };
    await keep("passes", { ...this.pass, ...this.shown(), ...known }).catch(() => {});
  }

  // Whether it is kept on this device. The caller clears its form only then.
  async put(what, fields) {
    const words = JSON.stringify([what, { ...fields, id: "" }]);
    if (words === this.last.words && Date.now() - this.last.at < TWICE_MS) return true;
    this.last = { words, at: Date.now() };
    const number = (this.number = Math.max(Date.now(), (this.number || 0) + 1));
    const entry = { id: fresh(), number, what, fields, stamp: this.clock.stamp() };
    if (this.pass) return this.seal(entry);
    this.unsealed.push(entry);
    this.unkept.set(entry.id, entry);
    await this.tell();
    return true;
  }

  async seal({ id, number, what, fields, stamp }) {
    const content = { token: this.pass.token, what, fields, device: device(), ...stamp };
    const envelope = await seal(this.pass.public_key, this.session, id, content);
    const sealed = { id, number, session: this.session, envelope };
    try {
      await keep("envelopes", sealed);
      this.unkept.delete(id);
    } catch {
      this.unkept.set(id, sealed); // no room: it is sent from here, and the page says that it must stay open
    }
    this.others.postMessage("kept");
    await this.tell();
    this.send();
    return !this.unkept.has(id);
  }

  worthATry(one) { return Boolean(one.envelope) && super.worthATry(one); }
}
