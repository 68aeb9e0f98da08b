// The first script of /account: starts in parallel what the page will need.
const RETURN = "podpis-login-return"; // what Gosuslugi answered, until the server has heard it
const PLACE = "podpis-login-place"; // the invitation and the fragment of the page that the way there began on

const started = { view: null, returned: null, accepted: false, registration: null, install: null };
globalThis.podpis = started;

const fragment = location.hash.slice(1);
if (fragment.startsWith("esia?")) {
  started.returned = fragment.slice(5);
  kept(RETURN, started.returned);
  history.replaceState(null, "", "/account" + (kept(PLACE) ?? ""));
} else {
  started.returned = kept(RETURN);
}
// So the page of an agreement says that it was accepted.
if (fragment === "accepted") {
  started.accepted = true;
  history.replaceState(null, "", "/account");
}
if (!started.returned) {
  started.view = fetch("/patient/account", { headers: { "Podpis-Account": "1" }, cache: "no-store" });
  started.view.catch(() => {}); // The app's to tell, when it asks.
}

import("{{account-page.js}}")
  .then(({ default: init }) => init({ module_or_path: fetch("{{account-page.wasm}}") }))
  .catch(() => {
    document.body.dataset.state = "error";
    document.getElementById("app").hidden = true;
    document.getElementById("boot-failed").hidden = false;
  });
document.getElementById("boot-reload").onclick = () => location.reload();

if ("serviceWorker" in navigator) {
  started.registration = navigator.serviceWorker
    .register("/account-sw.js", { scope: "/account" })
    .catch(() => null);
}

// The browser's own offer to install the page; it is made when the person asks.
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  started.install = event;
});

// Reads, or writes, the tab's own storage, which some browsers forbid.
function kept(key, value) {
  try {
    return value === undefined ? sessionStorage.getItem(key) : sessionStorage.setItem(key, value);
  } catch {
    return null;
  }
}
