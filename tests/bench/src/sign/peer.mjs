// What the two peers have in common: arguments, warming up, times, memory.
// Arguments: the PDF, the PKCS#12 file (password "x"), where to write the signed PDF, how many runs. Prints
// milliseconds of each run, and the most memory of the process beyond what it held before, in bytes; the first run is
// not counted.
import { readFileSync, writeFileSync } from "node:fs";

const [pdf, p12, output, runs] = process.argv.slice(2);
export const signingTime = new Date("2026-11-22T11:05:32Z");

/** `prepare(p12)` makes a signer, outside the time; `sign(pdf, signer)` gives the signed bytes. */
export async function measure(prepare, sign) {
  const bytes = readFileSync(pdf);
  const signer = () => prepare(readFileSync(p12));
  const before = process.memoryUsage.rss();
  writeFileSync(output, await sign(bytes, await signer()));
  const ms = [];
  for (let run = 0; run < Number(runs); run++) {
    const prepared = await signer();
    const start = performance.now();
    await sign(bytes, prepared);
    ms.push(performance.now() - start);
  }
  console.log(JSON.stringify({ ms, memory: process.resourceUsage().maxRSS * 1024 - before }));
}
