"""A browser at the other end of a push message: its keys, and what it reads.

`keys`: new keys of a subscription. `open`: reads JSON with a message as a push service got it, checks whose it is (RFC 8292)
and opens it (RFC 8291). Everything that counts is done by packages that we did not write.
"""

import base64
import json
import sys
import time

import http_ece
import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec


def text(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def data(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def point(key):
    form = serialization.PublicFormat.UncompressedPoint
    return key.public_bytes(serialization.Encoding.X962, form)


def keys():
    key = ec.generate_private_key(ec.SECP256R1())
    number = key.private_numbers().private_value.to_bytes(32, "big")
    auth = number[:16]  # nobody but this test knows it
    return {"private": text(number), "p256dh": text(point(key.public_key())), "auth": text(auth)}


def sender(authorization, origin):
    scheme, _, rest = authorization.partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    if scheme.lower() != "vapid" or set(parts) != {"t", "k"}:
        raise ValueError("not RFC 8292: " + authorization)
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), data(parts["k"]))
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    claims = jwt.decode(parts["t"], pem, algorithms=["ES256"], audience=origin, options={"require_exp": True})
    if claims["exp"] > time.time() + 24 * 3600:
        raise ValueError("the token is good for more than a day")
    return {"key": parts["k"], "claims": claims}


def read(message):
    number = int.from_bytes(data(message["private"]), "big")
    key = ec.derive_private_key(number, ec.SECP256R1())
    plain = http_ece.decrypt(
        data(message["body"]), private_key=key, auth_secret=data(message["auth"]), version="aes128gcm"
    )
    return {"text": plain.decode(), **sender(message["authorization"], message["origin"])}


if sys.argv[1] == "keys":
    print(json.dumps(keys()))
else:
    print(json.dumps(read(json.load(sys.stdin))))
