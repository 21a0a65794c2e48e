// The service worker: the bedside can be opened without a network. It keeps styles, scripts, and one page that says
// nothing about anybody (forms and the emergency steps). It keeps no page of a chart, and nothing that was looked at.
// VERSION, SHELL and ASSETS are written before this by the server; a new version is a new cache, filled whole or not at all.
/* global VERSION, SHELL, ASSETS */
const PREFIX = "upwell-bedside-";
const NAME = PREFIX + VERSION;
const BEDSIDE = /^\/sessions\/[0-9a-f-]{36}\/$/;
const GIVE_UP_MS = 8000; // a network that is there and carries nothing
const DOWN = [502, 503, 504];

self.addEventListener("install", (event) => {
  event.waitUntil(fill().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([sweep(), self.clients.claim(), self.registration.navigationPreload?.enable()]));
});

self.addEventListener("message", (event) => {
  if (event.data === "refresh") event.waitUntil(caches.open(NAME).then(keepShell).catch(() => {}));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event, url));
  else if (ASSETS.includes(url.pathname)) event.respondWith(asset(request));
});

async function fill() {
  const cache = await caches.open(NAME);
  await cache.addAll(ASSETS);
  await keepShell(cache);
}

// Whoever is signed out gets the log-in page instead: that is not kept, and the version before stays in force.
async function keepShell(cache) {
  const answer = await fetch(SHELL, { cache: "no-store", redirect: "error" });
  if (!answer.ok) throw new Error(`the bedside without a network: ${answer.status}`);
  await cache.put(SHELL, answer);
}

// A page that is still open may ask for a part of the version before.
async function sweep() {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== NAME);
  await Promise.all(names.slice(0, -1).map((name) => caches.delete(name)));
}

async function asset(request) {
  const found = await caches.match(request, { ignoreVary: true });
  return found || fetch(request);
}

async function page(event, url) {
  const bedside = BEDSIDE.test(url.pathname);
  const asked = Promise.resolve(event.preloadResponse).then((early) => early || fetch(event.request));
  try {
    const answer = await (bedside ? Promise.race([asked, later()]) : asked);
    if (!bedside || !DOWN.includes(answer.status)) return answer;
  } catch { /* no network, or a server that is not there */ }
  asked.catch(() => {});
  const shell = await caches.match(SHELL, { ignoreVary: true });
  return shell || asked;
}

const later = () => new Promise((_, failed) => setTimeout(() => failed(new Error("too slow")), GIVE_UP_MS));
