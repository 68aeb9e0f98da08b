// The first script of every page: starts at once, and all in parallel, what the page will need.
const RETURN = "podpis-return:"; // + the right: what Gosuslugi answered for it, until the server has heard it

// By what right the page at an address reads its document: its header, and where the fragment is kept for the way back
// from Gosuslugi. Those of the account go with the session's cookie.
const RIGHTS = [
  [/^\/[cd]\/?$/, "Podpis-Link", "podpis-link"],
  [/^\/account\/document\/?$/, "Podpis-Document", "podpis-document"],
  [/^\/account\/agreement\/?$/, "Podpis-Agreement", "podpis-agreement"],
];

const started = { header: null, value: null, worker: null, backlog: [], view: null };
globalThis.podpis = started;

try {
  const right = RIGHTS.find(([path]) => path.test(location.pathname));
  if (right) openDocument(right[1], right[2]);
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

function openDocument(header, place) {
  let fragment = location.hash.slice(1);
  if (fragment.startsWith("esia?")) {
    const answer = fragment.slice(5);
    fragment = kept(place) ?? "";
    kept(RETURN + fragment.split("&")[0], answer);
    history.replaceState(null, "", location.pathname + "#" + fragment);
  }
  const value = fragment.split("&")[0];
  if (!value) return;
  started.header = header;
  started.value = value;
  kept(place, fragment);

  const headers = { [header]: value };
  started.view = fetch("/patient/document", { headers, cache: "no-store" });
  // The names come before the app does; a failure is the app's to tell, when it asks.
  started.view.then(showNames).catch(() => {});

  const worker = (started.worker = new Worker("{{worker.js}}", { type: "module" }));
  worker.onmessage = ({ data }) => started.backlog.push(data);
  worker.onerror = (event) => worker.onmessage({ data: failure(event.message) });
  worker.postMessage({ type: "open", headers, width: Math.min(innerWidth, 860) * Math.min(devicePixelRatio, 3) });
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
