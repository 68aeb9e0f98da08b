// The document's worker: fetches the PDF, feeds it to the renderer while it streams, draws pages on request.
// What it hears: "module" {module}, "open" {headers, width} or {file, width} with a file of the page's own, and "draw" {page, width}.
// What it tells: "progress" {loaded, total}, "opened" {sha256, streebog256, sizes, size, error?},
// "drawn" {page, width, height, bitmap, flaws}, "failed" {stage, page?, status?, code?, reason}.
import init, { Worker as Renderer } from "{{renderer.js}}";

const FONTS = {
  "sans.ttf": "{{fonts/sans.ttf}}",
  "sans-bold.ttf": "{{fonts/sans-bold.ttf}}",
  "sans-italic.ttf": "{{fonts/sans-italic.ttf}}",
  "sans-bold-italic.ttf": "{{fonts/sans-bold-italic.ttf}}",
  "serif.ttf": "{{fonts/serif.ttf}}",
  "serif-bold.ttf": "{{fonts/serif-bold.ttf}}",
  "serif-italic.ttf": "{{fonts/serif-italic.ttf}}",
  "serif-bold-italic.ttf": "{{fonts/serif-bold-italic.ttf}}",
  "mono.ttf": "{{fonts/mono.ttf}}",
  "mono-bold.ttf": "{{fonts/mono-bold.ttf}}",
  "mono-italic.ttf": "{{fonts/mono-italic.ttf}}",
  "mono-bold-italic.ttf": "{{fonts/mono-bold-italic.ttf}}",
  "symbol.pfb": "{{fonts/symbol.pfb}}",
  "dingbats.pfb": "{{fonts/dingbats.pfb}}",
};

let instantiate;
const ready = new Promise((resolve) => (instantiate = (module) => resolve(init({ module_or_path: module }))));
let renderer;

// Called by the renderer in the middle of a page, so it has to be synchronous; only this worker waits.
globalThis.podpisFont = (name) => {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const request = new XMLHttpRequest();
      request.open("GET", FONTS[name], false);
      request.responseType = "arraybuffer";
      request.send();
      if (request.status === 200) return new Uint8Array(request.response);
    } catch {
      // No network for a moment: once more.
    }
  }
};

addEventListener("message", ({ data }) => {
  if (data.type === "module") instantiate(data.module);
  else if (data.type === "open") open(data);
  else draw(data);
});

async function open({ headers, file, width }) {
  let response;
  const received = [];
  try {
    response = file ? new Response(file) : await fetch("/patient/document/file", { headers, cache: "no-store" });
    if (!response.ok) {
      const problem = await response.json().catch(() => ({}));
      return fail("fetch", { status: response.status, code: problem.code ?? "" });
    }
    const total = Number(response.headers.get("Content-Length")) || 0;
    const reader = response.body.getReader();
    let loaded = 0;
    let told = 0;
    renderer = undefined;
    // The module may arrive after the first bytes: those wait in `received`.
    const started = ready.then(
      () => {
        renderer = new Renderer(total);
        received.splice(0).forEach((chunk) => renderer.push(chunk));
      },
      (error) => error,
    );
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      loaded += value.length;
      if (renderer) renderer.push(value);
      else received.push(value);
      if (performance.now() - told > 100) {
        told = performance.now();
        postMessage({ type: "progress", loaded, total });
      }
    }
    postMessage({ type: "progress", loaded, total: loaded });
    const error = await started;
    if (error) return fail("start", { reason: String(error) });
    finish(loaded, width);
  } catch (error) {
    fail(response ? "stream" : "fetch", { status: 0, reason: String(error) });
  }
}

function finish(size, width) {
  try {
    const { sha256, streebog256, sizes, error } = renderer.finish();
    postMessage({ type: "opened", sha256, streebog256, sizes, size, error: error ?? "" }, [sizes.buffer]);
    if (!error) draw({ page: 0, width });
  } catch (error) {
    fail("open", { reason: String(error) });
  }
}

// A trap in the renderer leaves it unusable: every later drawing fails too, and the page says so.
async function draw({ page, width }) {
  try {
    const drawn = renderer.draw(page, width);
    const { width: w, height: h, flaws } = drawn;
    const pixels = drawn.take();
    drawn.free();
    const image = new ImageData(new Uint8ClampedArray(pixels.buffer), w, h);
    const bitmap = await createImageBitmap(image);
    postMessage({ type: "drawn", page, width: w, height: h, asked: width, bitmap, flaws }, [bitmap]);
  } catch (error) {
    fail("draw", { page, reason: String(error) });
  }
}

function fail(stage, facts) {
  postMessage({ type: "failed", stage, page: -1, status: 0, code: "", reason: "", ...facts });
}
