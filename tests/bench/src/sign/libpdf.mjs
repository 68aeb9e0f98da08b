// @libpdf/core signs with ECDSA P-256, as an incremental update. Nothing else: no page, no attachment.
import { P12Signer, PDF } from "@libpdf/core";
import { measure, signingTime } from "./peer.mjs";

await measure(
  (p12) => P12Signer.create(p12, "x"),
  async (pdf, signer) => {
    const document = await PDF.load(pdf);
    return (await document.sign({ signer, signingTime, reason: "seal" })).bytes;
  },
);
