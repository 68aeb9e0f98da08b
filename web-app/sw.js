// Keeps /verify usable without network. Its scope is that page alone: the signing page never depends on it.
// It holds the page's own files and the trust list; nothing that a person gives ever passes through it.
const PAGE = "{{verify.html}}";
const WORKER = "{{verify-worker.js}}".replace("/assets/", "/verify/");
const FILES = ["{{verify-boot.js}}", "{{verify-page.js}}", "{{verify-page.wasm}}", "{{verifier.js}}", "{{verifier.wasm}}",
  "{{style.css}}", "{{verify.css}}", "{{icon.svg}}"];
const TRUST = "/api/v1/trust";
const PATIENCE = 4000; // ms until the kept trust list is taken instead of a slow network's

// The page's name holds the hash of its content, and that names all the others: one version, one cache.
const VERSIONS = "verify:";
const CACHE = VERSIONS + PAGE;
const LISTS = "trust";

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(forget()));
addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (origin !== location.origin || event.request.method !== "GET") return;
  if (pathname === TRUST) event.respondWith(trust());
  else if (pathname === "/verify" && event.request.mode === "navigate") event.respondWith(page(event.request));
  else if (pathname.startsWith("/assets/") || pathname.startsWith("/verify/")) event.respondWith(file(event.request));
});

async function install() {
  const cache = await caches.open(CACHE);
  await cache.addAll([PAGE, WORKER, ...FILES]);
  await fresh().catch(() => {}); // The page works without a list too, and says what it means.
  await skipWaiting();
}

// An open page may still be loading the version before; older ones nobody needs.
async function forget() {
  const versions = (await caches.keys()).filter((name) => name.startsWith(VERSIONS));
  await Promise.all(versions.slice(0, -2).map((name) => caches.delete(name)));
}

// Always a page whose files are all here.
async function page(request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(PAGE)) ?? fetch(request);
}

// Names hold hashes, so any version's copy is the right one.
async function file(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

async function trust() {
  try {
    return await fresh();
  } catch {
    const cache = await caches.open(LISTS);
    return (await cache.match(TRUST)) ?? Response.error();
  }
}

// Asks the server, and keeps a copy that says of itself that it is one.
async function fresh() {
  const answer = await fetch(TRUST, { cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(PATIENCE) });
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  const text = await answer.text();
  const form = { "content-type": "application/json" };
  const cache = await caches.open(LISTS);
  await cache.put(TRUST, new Response(text, { headers: { ...form, "podpis-kept": "1" } }));
  return new Response(text, { headers: form });
}
