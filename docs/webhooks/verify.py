"""Checks a webhook of Podpis. Python 3, standard library only."""
import hashlib
import hmac
import time

TOLERANCE = 300  # seconds


def is_genuine(secret: str, headers: dict, body: bytes, now=None) -> bool:
    """`headers` by lower-case name; `body`: the bytes as they came, before any parsing."""
    timestamp = headers.get("podpis-timestamp", "")
    if not timestamp.isdigit() or abs((time.time() if now is None else now) - int(timestamp)) > TOLERANCE:
        return False
    expected = "v1=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    given = headers.get("podpis-signature", "").split(",")
    return any(hmac.compare_digest(expected.encode(), one.strip().encode()) for one in given)


if __name__ == "__main__":
    # One JSON object a line on standard input: secret, timestamp, body, signature, now. Prints true or false for each.
    import json
    import sys

    for line in sys.stdin:
        case = json.loads(line)
        headers = {"podpis-timestamp": str(case["timestamp"]), "podpis-signature": case["signature"]}
        print(str(is_genuine(case["secret"], headers, case["body"].encode(), case["now"])).lower())
