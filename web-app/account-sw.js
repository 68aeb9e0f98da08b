// The account without network, and its push messages. It keeps our own files, whose names hold their hashes, and the page
// that says there is no network. No answer of the server ever passes through it: what a person reads stays nowhere.
const PAGE = "{{account.html}}"; // not served from here; its name changes with every version
const OFFLINE = "{{account-offline.html}}";
const FILES = ["{{account-boot.js}}", "{{account-page.js}}", "{{account-page.wasm}}", "{{account-offline.js}}",
  "{{style.css}}", "{{account.css}}", "{{icon.svg}}", "{{icons/icon-192.png}}"];
const ICON = "{{icons/icon-192.png}}";
const BADGE = "{{icons/badge-96.png}}";
const HOME = "/account";
const DOCUMENT = "/account/document";

const VERSIONS = "account:";
const CACHE = VERSIONS + PAGE + OFFLINE;

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(forget()));
addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (origin !== location.origin || event.request.method !== "GET") return;
  if (event.request.mode === "navigate") event.respondWith(page(event.request));
  else if (pathname.startsWith("/assets/")) event.respondWith(file(event.request));
});

async function install() {
  const cache = await caches.open(CACHE);
  await cache.addAll([OFFLINE, ...FILES]);
  await skipWaiting();
}

// An open page may still be loading the version before; older ones nobody needs.
async function forget() {
  const versions = (await caches.keys()).filter((name) => name.startsWith(VERSIONS));
  await Promise.all(versions.slice(0, -2).map((name) => caches.delete(name)));
  await clients.claim();
}

// Always the server's; it is not kept.
async function page(request) {
  try {
    return await fetch(request);
  } catch {
    const cache = await caches.open(CACHE);
    return (await cache.match(OFFLINE)) ?? Response.error();
  }
}

// Names hold hashes, so any version's copy is the right one; what is not there is not kept either.
async function file(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

// --- push messages (RFC 8030): the text comes with them, and says nothing of the person ---

addEventListener("push", (event) => {
  const { title, body, path, tag } = message(event.data);
  const options = { body, icon: ICON, badge: BADGE, lang: "ru", tag, renotify: true, data: path };
  event.waitUntil(registration.showNotification(title, options));
});

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data ?? HOME));
});

// What functions/deliver/src/push/payload.rs writes; whatever else comes has words too, since a browser shows something.
function message(data) {
  const { title, body, path, tag } = read(data);
  return {
    title: String(title ?? "Podpis"),
    body: String(body ?? "Есть новости в личном кабинете."),
    path: [HOME, DOCUMENT].includes(String(path).split("#")[0]) ? String(path) : HOME,
    tag: String(tag ?? "podpis-account"),
  };
}

function read(data) {
  try {
    return data?.json() ?? {};
  } catch {
    return {};
  }
}

// An open page with that address comes forward, and so does the account where it is meant; what it was doing stays.
async function open(path) {
  const windows = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const address = new URL(path, location.origin);
  const shown = windows.find(({ url }) => url === address.href)
    ?? (path === HOME ? windows.find(({ url }) => new URL(url).pathname === HOME) : undefined);
  await (shown ? shown.focus() : clients.openWindow(address.href));
}
