// The verifier's worker: reads the files that a person gave, tells them apart by their content and checks the case.
// What it hears: "module" {module} and "check" {id, files, trust, trustFrom, now}. Files add to those given before; another
// PDF starts a new case. The trust list given as a file stays and goes before `trust`, the text that the page fetched.
// What it tells: "checked" {id, answer, ms, given}, "refused" {id, reason, name}, "failed" {id, reason}; `given` is JSON
// [{name, size, kind}].
import init, { check, recognise } from "{{verifier.js}}";

let instantiate;
const ready = new Promise((resolve) => (instantiate = (module) => resolve(init({ module_or_path: module }))));
let held = {}; // by kind: {name, bytes}

addEventListener("message", async ({ data }) => {
  if (data.type === "module") return instantiate(data.module);
  try {
    await ready;
    await take(data);
  } catch (error) {
    postMessage({ type: "failed", id: data.id, reason: String(error) });
  }
});

async function take({ id, files, trust, trustFrom, now }) {
  const refuse = (reason, name = "") => postMessage({ type: "refused", id, reason, name });
  const taken = {};
  for (const file of files) {
    let bytes;
    try {
      bytes = new Uint8Array(await file.arrayBuffer());
    } catch {
      return refuse("unreadable", file.name);
    }
    const kind = recognise(bytes);
    if (kind === "unknown") return refuse(/\.pdf$/i.test(file.name) || file.type === "application/pdf" ? "not-pdf" : "unknown", file.name);
    if (taken[kind]) return refuse("several", file.name);
    taken[kind] = { name: file.name, bytes };
  }
  const before = taken.pdf && held.pdf ? { trust: held.trust } : held;
  held = { ...before, ...taken };
  if (!held.pdf) return refuse("no-pdf", files[0]?.name);
  const { pdf, signature, evidence } = held;
  const list = held.trust?.bytes ?? (trust === null ? undefined : new TextEncoder().encode(trust));
  const start = performance.now();
  const answer = check(pdf.bytes, pdf.name, signature?.bytes, evidence?.bytes, list, held.trust ? "file" : trustFrom, now);
  const ms = performance.now() - start;
  const given = Object.entries(held).filter(([, file]) => file).map(([kind, { name, bytes }]) => ({ kind, name, size: bytes.length }));
  postMessage({ type: "checked", id, answer, ms, given: JSON.stringify(given) });
}
