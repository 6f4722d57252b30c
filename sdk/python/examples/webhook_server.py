"""Receives webhooks with nothing but the standard library, and prints what they say.

SYSSECURE_WEBHOOK_SECRET=whsec_… python webhook_server.py 8000
"""

from __future__ import annotations

import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import syssecure

LARGEST_BODY = 1_000_000


class Hooks(BaseHTTPRequestHandler):
    """Answers 204 to what the server signed, and 400 to everything else."""

    def do_POST(self) -> None:
        """Verify and print one event."""
        length = int(self.headers.get("Content-Length") or 0)
        payload = self.rfile.read(min(length, LARGEST_BODY))
        try:
            event = syssecure.webhooks.construct_event(
                payload,
                self.headers.get("X-SysSecure-Signature"),
                os.environ["SYSSECURE_WEBHOOK_SECRET"],
            )
        except syssecure.WebhookSignatureError as error:
            print(f"refused: {error.reason}", flush=True)
            self.send_response(400)
        else:
            print(f"{event.type} {event.message_id or event.otp_id}", flush=True)
            self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Print nothing but events."""


def main() -> None:
    """Serve until Ctrl-C."""
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
    server = ThreadingHTTPServer(("127.0.0.1", port), Hooks)
    print(f"listening on http://127.0.0.1:{server.server_address[1]}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
