"""What schemathesis can't know of our API: what a PDF is, and how it and lists of revoked certificates go on the wire."""

import os
from pathlib import Path

import schemathesis
from hypothesis import strategies as st

PDF = Path(os.environ["PODPIS_SAMPLE_PDF"]).read_bytes()


@schemathesis.serializer("application/pdf", "application/pkix-crl")
def as_it_is(context, value):
    return value if isinstance(value, bytes) else str(value).encode()


# One that is taken, and some that are not.
schemathesis.openapi.media_type("application/pdf", st.sampled_from([PDF, PDF[: len(PDF) // 2], b"%PDF-1.7\n", b""]) | st.binary(max_size=64))
