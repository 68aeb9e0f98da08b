// Opens the document and paints its pages one after the other, as wide as the address says (device pixels).
import * as pdfjs from "/build/pdf.min.mjs";

pdfjs.GlobalWorkerOptions.workerSrc = "/build/pdf.worker.min.mjs";
const pixels = Number(new URLSearchParams(location.search).get("width"));
const pdf = await pdfjs.getDocument({
  url: "/document.pdf",
  cMapUrl: "/cmaps/",
  cMapPacked: true,
  standardFontDataUrl: "/standard_fonts/",
  wasmUrl: "/wasm/",
}).promise;
const canvases = [];
for (let number = 1; number <= pdf.numPages; number++) {
  const canvas = document.createElement("canvas");
  canvas.dataset.testid = "page-canvas";
  canvas.style.aspectRatio = "210 / 297";
  document.body.append(canvas);
  canvases.push(canvas);
}
for (const [index, canvas] of canvases.entries()) {
  const page = await pdf.getPage(index + 1);
  const viewport = page.getViewport({ scale: pixels / page.getViewport({ scale: 1 }).width });
  canvas.width = Math.round(viewport.width);
  canvas.height = Math.round(viewport.height);
  canvas.style.aspectRatio = `${canvas.width} / ${canvas.height}`;
  await page.render({ canvas, viewport }).promise;
  canvas.dataset.rendered = "true";
}
