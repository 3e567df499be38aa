# SPDX-License-Identifier: Apache-2.0
# A real SMTP server (aiosmtpd) for tests: python3 smtp_server.py [--certificate FILE --key FILE] [--implicit]
# [--user NAME --password TEXT] [--size BYTES]. It prints "port N ready" when it listens, and for each mail "mail {JSON} end N".
# Some recipients are refused by the left part of their address: see REFUSED.
import argparse
import asyncio
import base64
import json
import ssl

from aiosmtpd.smtp import SMTP, AuthResult

REFUSED = {
    "unknown": "550 5.1.1 <{}>: Recipient address rejected: User unknown",
    "unknown-plain": "550 no such user {}",
    "policy": "550 5.7.1 <{}>: blocked by policy",
    "busy": "451 4.2.0 <{}>: greylisted, try again later",
    "full": "452 4.2.2 <{}>: mailbox full",
}


class Handler:
    received = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        refused = REFUSED.get(address.split("@")[0])
        if refused:
            return refused.format(address)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = {"from": envelope.mail_from, "to": envelope.rcpt_tos, "options": envelope.mail_options,
                "tls": session.ssl is not None, "hello": session.host_name, "peer": session.peer[1],
                "user": session.auth_data.login.decode() if session.auth_data else "",
                "message": base64.b64encode(envelope.original_content).decode()}
        Handler.received += 1
        print("mail %s end %d" % (json.dumps(mail), Handler.received), flush=True)
        if b"Subject: Refuse me" in envelope.original_content:
            return "554 5.6.0 the content was refused"
        return "250 2.0.0 OK"


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--implicit", action="store_true")
    parser.add_argument("--user")
    parser.add_argument("--password")
    parser.add_argument("--login-only", action="store_true")
    parser.add_argument("--size", type=int, default=33554432)
    options = parser.parse_args()

    context = None
    if options.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate, options.key)

    def authenticate(server, session, envelope, mechanism, data):
        is_right = data.login == options.user.encode() and data.password == options.password.encode()
        return AuthResult(success=is_right, handled=False, auth_data=data)

    def make():
        return SMTP(Handler(), hostname="mail.test", data_size_limit=options.size,
                    tls_context=None if options.implicit else context,
                    require_starttls=bool(context) and not options.implicit,
                    auth_required=bool(options.user), auth_require_tls=bool(context) and not options.implicit,
                    auth_exclude_mechanism=["PLAIN"] if options.login_only else None,
                    authenticator=authenticate if options.user else None)

    server = await asyncio.get_running_loop().create_server(
        make, "127.0.0.1", 0, ssl=context if options.implicit else None)
    print("port %d ready" % server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
