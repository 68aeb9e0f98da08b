"""A clinic's program that signs inside of a PDF (PAdES): KEY CERTIFICATE SOURCE TARGET FIELD."""

import sys

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

key, certificate, source, target, field = sys.argv[1:]
signer = signers.SimpleSigner.load(key, certificate)
wanted = signers.PdfSignatureMetadata(field_name=field, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES)
with open(source, "rb") as before, open(target, "wb") as after:
    signers.sign_pdf(IncrementalPdfFileWriter(before), wanted, signer=signer, output=after)
