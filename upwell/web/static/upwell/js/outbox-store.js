// What this device keeps of a dosing day: sealed entries that are not on the server yet, and the passes to write with.
const NAME = "upwell-bedside";
const USED = "upwell-bedside-used"; // so that a page elsewhere need not look where nothing was ever kept
let opening;

function database() {
  opening ??= new Promise((found, failed) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("envelopes", { keyPath: "id" });
      asked.result.createObjectStore("passes", { keyPath: ["session", "account"] });
    };
    asked.onsuccess = () => {
      const opened = asked.result;
      opened.onclose = opened.onversionchange = () => { opened.close(); opening = undefined; };
      found(opened);
    };
    asked.onerror = () => { opening = undefined; failed(asked.error); };
    asked.onblocked = () => { opening = undefined; failed(new Error("blocked")); };
  });
  return opening;
}

// Done means on the disk: only then is it said that something is kept.
async function within(store, mode, work) {
  const transaction = (await database()).transaction(store, mode, { durability: "strict" });
  const asked = work(transaction.objectStore(store));
  return new Promise((done, failed) => {
    transaction.oncomplete = () => done(asked.result);
    transaction.onerror = transaction.onabort = () => failed(transaction.error || new Error("not kept"));
  });
}

export const keep = (store, one) => {
  try { localStorage.setItem(USED, "yes"); } catch { /* the bedside looks all the same */ }
  return within(store, "readwrite", (there) => there.put(one));
};
export const forget = (store, key) => within(store, "readwrite", (there) => there.delete(key));
export const find = (store, key) => within(store, "readonly", (there) => there.get(key));
export const all = (store) => within(store, "readonly", (there) => there.getAll());

export function wasUsed() {
  try { return localStorage.getItem(USED) === "yes"; } catch { return false; }
}

// Which device this is, in words that people can tell apart; made once.
export function device() {
  const key = "upwell-device";
  try {
    if (!localStorage.getItem(key)) localStorage.setItem(key, `device-${Math.random().toString(36).slice(2, 8)}`);
    return localStorage.getItem(key);
  } catch { return ""; }
}
