// How far this device's clock is off the server's. A tablet's own may be minutes or hours away, and may be put right in
// the middle of a session: then what was measured before counts no longer.
const JUMP_MS = 2000;
const LOOK_MS = 2000;

export class Clock {
  constructor() {
    this.off = null; // the device's clock less the server's, in ms; null: not known now
    this.trip = Infinity;
    this.apart = this.drift();
    setInterval(() => this.look(), LOOK_MS);
  }

  drift() { return Date.now() - performance.now(); }

  // Put right, or asleep: either way the two clocks of this device no longer agree.
  look() {
    if (Math.abs(this.drift() - this.apart) < JUMP_MS) return;
    this.apart = this.drift();
    this.off = null;
    this.trip = Infinity;
  }

  heard(server, sent, got) {
    this.look();
    const at = Date.parse(server);
    if (Number.isNaN(at) || got < sent) return;
    const trip = got - sent;
    if (this.off !== null && trip > this.trip * 2 + 20) return; // a slow answer knows less
    this.off = (sent + got) / 2 - at;
    this.trip = trip;
  }

  // What an entry takes along: the device's own word, and how far it is off. The server works the time out.
  stamp() {
    this.look();
    return { device_at: new Date().toISOString(), clock_off_ms: this.off === null ? null : Math.round(this.off) };
  }
}
