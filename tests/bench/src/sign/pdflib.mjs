// The peer: pdf-lib adds a page of the same kind of text in the same embedded font, and attaches the same evidence.
// Arguments: the PDF, the font, how many runs. Prints milliseconds of each run, and the most memory of the process
// beyond what it held before, in bytes; the first run is not counted.
import { readFileSync } from "node:fs";
import fontkit from "@pdf-lib/fontkit";
import { AFRelationship, PDFDocument } from "pdf-lib";

const [pdf, font] = [readFileSync(process.argv[2]), readFileSync(process.argv[3])];
const evidence = new TextEncoder().encode(JSON.stringify({ filler: "0123456789abcdef".repeat(375) }));
const line = "Подписано простой электронной подписью: Иванова Мария Петровна, 22.11.2026 14:05:31 (МСК)";

async function sign() {
  const document = await PDFDocument.load(pdf, { updateMetadata: false });
  document.registerFontkit(fontkit);
  const face = await document.embedFont(font, { subset: true });
  const page = document.addPage([595.28, 841.89]);
  for (let number = 0; number < 40; number++) page.drawText(line, { x: 40, y: 800 - 18 * number, size: 9, font: face });
  await document.attach(evidence, "evidence.json", {
    mimeType: "application/json", afRelationship: AFRelationship.Data,
    creationDate: new Date(0), modificationDate: new Date(0),
  });
  return document.save();
}

const before = process.memoryUsage.rss();
await sign();
const ms = [];
for (let run = 0; run < Number(process.argv[4]); run++) {
  const start = performance.now();
  await sign();
  ms.push(performance.now() - start);
}
console.log(JSON.stringify({ ms, memory: process.resourceUsage().maxRSS * 1024 - before }));
