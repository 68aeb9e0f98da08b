// pdf-lib makes the place and rewrites the file, @signpdf/signpdf signs with RSA: its signer knows no other keys.
import { pdflibAddPlaceholder } from "@signpdf/placeholder-pdf-lib";
import signpdf from "@signpdf/signpdf";
import { P12Signer } from "@signpdf/signer-p12";
import { PDFDocument } from "pdf-lib";
import { measure, signingTime } from "./peer.mjs";

await measure(
  // A signer signs once: it uses up its buffer.
  (p12) => new P12Signer(p12, { passphrase: "x" }),
  async (pdf, signer) => {
    const pdfDoc = await PDFDocument.load(pdf, { updateMetadata: false });
    pdflibAddPlaceholder({
      pdfDoc, signingTime, reason: "seal", name: "Podpis", contactInfo: "", location: "", signatureLength: 8192,
    });
    const bytes = await pdfDoc.save({ useObjectStreams: false });
    return (signpdf.default ?? signpdf).sign(Buffer.from(bytes), signer, signingTime);
  },
);
