#!/usr/bin/env python3
"""A MIS in a page of Python: sends a PDF, waits for the signature, fetches the signed PDF and checks it.

    PODPIS_URL=http://localhost:3000 PODPIS_API_KEY=pk_... python3 podpis_client.py document.json file.pdf signed.pdf

Standard library only, Python 3.9 or newer. `document.json` is the part `document` of `POST /api/v1/documents`.
The id of the document is printed as soon as it is known; the exit status is 0 once the signed PDF is stored, 1 when the
document ended otherwise, 2 for an error. See docs/mis-integration.md for why it does what it does.
"""

import hashlib
import json
import os
import random
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

# Seconds that one answer may take; longer than the server holds `wait` open.
TIMEOUT = 60
# Seconds that a request for events is held open until there is one.
WAIT = 30
ENDED = {"declined", "expired", "cancelled", "superseded"}
# The person has signed; whether the clinic has to sign too is another matter.
SIGNED = {"patient_signed", "completed"}


class Problem(Exception):
    """An error answer of the API (RFC 9457). Decide by `code`."""

    def __init__(self, status, body, request_id):
        try:
            problem = json.loads(body)
        except ValueError:
            problem = {}
        self.status = status
        self.code = problem.get("code", "")
        super().__init__(f"{status} {self.code}: {problem.get('detail', '')} (request {request_id})")


class Podpis:
    """The API with a clinic's key. Repeats what may be repeated."""

    def __init__(self, url, api_key, attempts=8):
        self.url = url.rstrip("/")
        self.api_key = api_key
        self.attempts = attempts

    def call(self, method, path, body=None, headers=None):
        """One call, repeated while no answer comes or the server asks for it. A POST needs an Idempotency-Key for that."""
        request_id = uuid.uuid4().hex
        for attempt in range(1, self.attempts + 1):
            request = urllib.request.Request(self.url + path, data=body, method=method, headers=headers or {})
            request.add_header("Authorization", f"Bearer {self.api_key}")
            request.add_header("X-Request-Id", request_id)
            pause = min(2 ** (attempt - 1), 300) * random.uniform(1, 1.5)
            try:
                with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
                    return answer.read()
            except urllib.error.HTTPError as error:
                problem = Problem(error.code, error.read(), error.headers.get("X-Request-Id", request_id))
                if problem.status not in (429, 500, 502, 503, 504) and problem.code != "idempotency_busy":
                    raise problem from None
                failure = problem
                pause = float(error.headers.get("Retry-After") or pause)
            except OSError as error:
                failure = error
            if attempt < self.attempts:
                time.sleep(pause)
        raise failure

    def get(self, path):
        return json.loads(self.call("GET", path))

    def send(self, document, pdf, key):
        """Sends a PDF; with the same key and content it is sent once, however often this is called."""
        boundary = uuid.uuid4().hex
        parts = [
            ("document", "application/json", json.dumps(document, ensure_ascii=False, sort_keys=True).encode()),
            ("file", "application/pdf", pdf),
        ]
        body = b""
        for name, media, content in parts:
            name_of_file = '; filename="document.pdf"' if name == "file" else ""
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{name_of_file}\r\nContent-Type: {media}\r\n\r\n'
            body += head.encode() + content + b"\r\n"
        body += f"--{boundary}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Idempotency-Key": key}
        return json.loads(self.call("POST", "/api/v1/documents", body, headers))

    def events(self, after=0):
        """Events behind a number, for ever, each once and in order. Store `seq` with what you did of it."""
        while True:
            begun = time.monotonic()
            page = self.get(f"/api/v1/events?after={after}&limit=200&wait={WAIT}")
            for event in page["items"]:
                yield event
                after = event["seq"]
            # A server without `wait` answers at once: then this is plain polling.
            if not page["items"] and time.monotonic() - begun < 1:
                time.sleep(2)


def check(document, original, signed):
    """What can be checked without any tool: these are our bytes, and the signed PDF begins with them."""
    if document["sha256"] != hashlib.sha256(original).hexdigest():
        raise ValueError("the server holds another file than we sent")
    if signed[: len(original)] != original or len(signed) <= len(original):
        raise ValueError("the signed PDF does not begin with the bytes that we sent")
    if not signed.rstrip().endswith(b"%%EOF"):
        raise ValueError("the signed PDF is cut")


def store(path, content):
    """Whole or not at all, whatever crashes."""
    with open(path + ".part", "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".part", path)


def main(document_path, pdf_path, signed_path):
    podpis = Podpis(os.environ["PODPIS_URL"], os.environ["PODPIS_API_KEY"])
    with open(document_path, encoding="utf-8") as file:
        document = json.load(file)
    with open(pdf_path, "rb") as file:
        original = file.read()
    # The same document and file give the same key: a second start sends nothing twice.
    content = json.dumps(document, sort_keys=True).encode() + original
    sent = podpis.send(document, original, "example-" + hashlib.sha256(content).hexdigest())
    print(sent["id"], flush=True)

    for event in podpis.events():
        if event["document_id"] != sent["id"] or not event["type"].startswith("document."):
            continue
        # An event says that something changed; the document says what it is now.
        now = podpis.get(f"/api/v1/documents/{sent['id']}")
        if now["status"] in ENDED:
            print(f"not signed: {now['status']}", file=sys.stderr)
            return 1
        if now["status"] in SIGNED:
            signed = podpis.call("GET", f"/api/v1/documents/{sent['id']}/signed")
            check(now, original, signed)
            store(signed_path, signed)
            return 0
    return 2


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    try:
        sys.exit(main(*sys.argv[1:]))
    except (Problem, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        sys.exit(2)
