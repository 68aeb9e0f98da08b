// The first script of every page: starts at once, and all in parallel, what the page will need.
const LINK = "podpis-link"; // the token, kept for the way back from Gosuslugi
const RETURN = "podpis-return"; // what Gosuslugi answered, until the server has heard it

const started = { token: null, worker: null, backlog: [], view: null };
globalThis.podpis = started;

try {
  if (/^\/d\/?$/.test(location.pathname)) openDocument();
} catch (error) {
  started.backlog.push(failure(error));
}

import("{{app.js}}")
  .then(({ default: init }) => init({ module_or_path: fetch("{{app.wasm}}") }))
  .catch(() => {
    document.body.dataset.state = "error";
    document.getElementById("app").hidden = true;
    document.getElementById("boot-failed").hidden = false;
  });
document.getElementById("boot-reload").onclick = () => location.reload();

function openDocument() {
  let fragment = location.hash.slice(1);
  if (fragment.startsWith("esia?")) {
    kept(RETURN, fragment.slice(5));
    fragment = kept(LINK) ?? "";
    history.replaceState(null, "", "/d/#" + fragment);
  }
  if (!fragment) return;
  started.token = fragment;
  kept(LINK, fragment);

  const headers = { "Podpis-Link": fragment };
  started.view = fetch("/patient/document", { headers, cache: "no-store" });
  // The names come before the app does; a failure is the app's to tell, when it asks.
  started.view.then(showNames).catch(() => {});

  const worker = (started.worker = new Worker("{{worker.js}}", { type: "module" }));
  worker.onmessage = ({ data }) => started.backlog.push(data);
  worker.onerror = (event) => worker.onmessage({ data: failure(event.message) });
  worker.postMessage({ type: "open", token: fragment, width: Math.min(innerWidth, 860) * Math.min(devicePixelRatio, 3) });
  // Compiled here, so that the download starts before the worker has loaded its own script.
  WebAssembly.compileStreaming(fetch("{{renderer.wasm}}")).then(
    (module) => worker.postMessage({ type: "module", module }),
    (error) => worker.onmessage({ data: failure(error) }),
  );
}

// As the worker tells it.
function failure(reason) {
  return { type: "failed", stage: "start", page: -1, status: 0, code: "", reason: String(reason) };
}

// Reads, or writes, the tab's own storage, which some browsers forbid.
function kept(key, value) {
  try {
    return value === undefined ? sessionStorage.getItem(key) : sessionStorage.setItem(key, value);
  } catch {
    return null;
  }
}

async function showNames(answer) {
  if (!answer.ok) return;
  const view = await answer.clone().json();
  for (const [id, text] of [["boot-clinic", view.clinic.name], ["boot-title", view.title]]) {
    const place = document.getElementById(id);
    if (place) {
      place.textContent = text;
      place.className = "";
    }
  }
}

// Another link in the same tab changes the fragment only.
addEventListener("hashchange", () => location.reload());
