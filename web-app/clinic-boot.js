// The first script of /clinic.
import("{{clinic-page.js}}")
  .then(({ default: init }) => init({ module_or_path: fetch("{{clinic-page.wasm}}") }))
  .catch(() => {
    document.body.dataset.state = "error";
    document.getElementById("app").hidden = true;
    document.getElementById("boot-failed").hidden = false;
  });
document.getElementById("boot-reload").onclick = () => location.reload();

// The renderer of pages, started when a document is looked at first: see worker.js.
globalThis.podpis = {
  renderer() {
    const worker = new Worker("{{worker.js}}", { type: "module" });
    WebAssembly.compileStreaming(fetch("{{renderer.wasm}}")).then(
      (module) => worker.postMessage({ type: "module", module }),
      (error) => worker.onmessage?.({ data: { type: "failed", stage: "start", reason: String(error) } }),
    );
    return worker;
  },
};
