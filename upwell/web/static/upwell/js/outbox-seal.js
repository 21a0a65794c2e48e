// Sealing an entry to the session's public key: ECDH on P-256 with a key that is thrown away, HKDF-SHA256, AES-256-GCM.
// Nobody can open it on this device, not even this page; the server alone can (upwell/pathway/session/tablet/sealed.py).
const VERSION = 1;
const CURVE = { name: "ECDH", namedCurve: "P-256" };
const utf8 = new TextEncoder();

// Without HTTPS (off this machine) a browser seals nothing, and then nothing is kept here either.
export const canSeal = Boolean(window.isSecureContext && globalThis.crypto?.subtle && globalThis.indexedDB);

export async function seal(publicKey, session, id, content) {
  const theirs = await crypto.subtle.importKey("raw", bytes(publicKey), CURVE, false, []);
  const ours = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", ours.publicKey));
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, ours.privateKey, 256);
  const stretched = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const key = await crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: point, info: utf8.encode("upwell outbox 1") },
    stretched, { name: "AES-GCM", length: 256 }, false, ["encrypt"],
  );
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const outside = utf8.encode(`${VERSION}:${session}:${id}`);
  const sealed = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv, additionalData: outside }, key, utf8.encode(JSON.stringify(content)),
  );
  return { v: VERSION, id, session, point: text(point), iv: text(iv), sealed: text(new Uint8Array(sealed)) };
}

// crypto.randomUUID is there over HTTPS and on this machine alone.
export function fresh() {
  const drawn = crypto.getRandomValues(new Uint8Array(16));
  drawn[6] = (drawn[6] & 0x0f) | 0x40;
  drawn[8] = (drawn[8] & 0x3f) | 0x80;
  const hex = [...drawn].map((one) => one.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

const bytes = (written) => Uint8Array.from(atob(written), (letter) => letter.charCodeAt(0));

function text(raw) {
  let letters = "";
  for (const one of raw) letters += String.fromCharCode(one);
  return btoa(letters);
}
