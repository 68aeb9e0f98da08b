// The first script of /verify: starts in parallel what the page will need, and keeps it for days without network.
const started = { verifier, offline: Promise.resolve(false) };
globalThis.podpis = started;

// Lies under /verify, so that the service worker, whose scope that is, also serves the worker and what it loads.
const WORKER = "{{verify-worker.js}}".replace("/assets/", "/verify/");

let compiled;
compile();

import("{{verify-page.js}}")
  .then(({ default: init }) => init({ module_or_path: fetch("{{verify-page.wasm}}") }))
  .catch(() => {
    document.body.dataset.state = "error";
    document.getElementById("app").hidden = true;
    document.getElementById("boot-failed").hidden = false;
  });
document.getElementById("boot-reload").onclick = () => location.reload();

if ("serviceWorker" in navigator) {
  started.offline = navigator.serviceWorker
    .register("/sw.js", { scope: "/verify" })
    .then(() => navigator.serviceWorker.ready)
    .then(() => true)
    .catch(() => false);
}

// A new worker with the compiled verifier in it; called by the app.
function verifier() {
  const worker = new Worker(WORKER, { type: "module" });
  (compiled ?? compile()).then(
    (module) => worker.postMessage({ type: "module", module }),
    (error) => worker.onmessage?.({ data: { type: "failed", id: -1, reason: String(error) } }),
  );
  return worker;
}

function compile() {
  compiled = WebAssembly.compileStreaming(fetch("{{verifier.wasm}}"));
  // The next worker tries anew; this failure is told by whoever waits for it.
  compiled.catch(() => (compiled = undefined));
  return compiled;
}
