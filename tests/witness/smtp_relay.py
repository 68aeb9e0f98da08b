"""A mail relay for the tests: aiosmtpd on loopback ports, and Python's email package as the reader of what it gets.

smtp_relay.py CERTIFICATE KEY USER PASSWORD: prints one JSON line with its ports, then one a letter taken.
Recipients by their local part: `later…` is told 450 at the first try, `nobody…` 550, `spam…` 554 after its data.
"""

import asyncio
import json
import ssl
import sys
from email import policy
from email.parser import BytesParser

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


def say(thing):
    print(json.dumps(thing, ensure_ascii=False), flush=True)


def part(letter, kind):
    body = letter.get_body(preferencelist=(kind,))
    return None if body is None else body.get_content()


class Relay:
    def __init__(self, way):
        self.way = way
        self.seen = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name.startswith("nobody"):
            return "550 5.1.1 no such mailbox"
        if name.startswith("later") and address not in self.seen:
            self.seen.add(address)
            say({"way": self.way, "refused": address})
            return "450 4.2.1 mailbox busy"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server, session, envelope):
        if any(to.startswith("spam") for to in envelope.rcpt_tos):
            return "554 5.7.1 not wanted"
        raw = envelope.original_content
        letter = BytesParser(policy=policy.default).parsebytes(raw)
        defects = [repr(d) for p in letter.walk() for d in p.defects]
        defects += [repr(d) for h in letter.values() for d in getattr(h, "defects", ())]
        say({
            "way": self.way,
            "tls": session.ssl is not None or self.way == "tls",
            "login": session.auth_data.login.decode() if session.authenticated else None,
            "mail_from": envelope.mail_from,
            "rcpt_tos": envelope.rcpt_tos,
            "ascii": raw.isascii(),
            "longest": max(len(line) for line in raw.split(b"\r\n")),
            "bare": raw.replace(b"\r\n", b"").count(b"\n"),
            "type": letter.get_content_type(),
            "headers": {name.lower(): str(value) for name, value in letter.items()},
            "names": [name.lower() for name in letter.keys()],
            "from": [[a.display_name, a.addr_spec] for a in letter["from"].addresses],
            "date": letter["date"].datetime.timestamp(),
            "text": part(letter, "plain"),
            "html": part(letter, "html"),
            "defects": defects,
        })
        return "250 2.0.0 taken"


async def main(certificate, key, user, password):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)

    def check(server, session, envelope, mechanism, data):
        right = isinstance(data, LoginPassword) and data.login == user.encode() and data.password == password.encode()
        # Where it is not, aiosmtpd itself answers 535.
        return AuthResult(success=right, handled=False, auth_data=data)

    login = {"authenticator": check, "auth_required": True, "hostname": "relay.test"}
    loop = asyncio.get_running_loop()

    async def serve(factory, tls=None):
        server = await loop.create_server(factory, "127.0.0.1", 0, ssl=tls)
        return server.sockets[0].getsockname()[1], server

    async def silent(reader, writer):
        await reader.read()

    relay = {way: Relay(way) for way in ("starttls", "tls", "plain")}
    ports, kept = {}, []
    for way, factory, tls in [
        ("starttls", lambda: SMTP(relay["starttls"], require_starttls=True, tls_context=context, **login), None),
        # The handshake came before: to aiosmtpd this is a plain connection.
        ("tls", lambda: SMTP(relay["tls"], auth_require_tls=False, auth_exclude_mechanism=["PLAIN"], **login), context),
        ("plain", lambda: SMTP(relay["plain"], auth_require_tls=False, **login), None),
    ]:
        ports[way], server = await serve(factory, tls)
        kept.append(server)
    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    ports["silent"] = server.sockets[0].getsockname()[1]
    say(ports)
    await asyncio.Event().wait()


asyncio.run(main(*sys.argv[1:]))
