"""Sends a code and asks for it until it is right, expired or used up.

    SYSSECURE_API_KEY=sk_test_… SYSSECURE_BASE_URL=http://localhost:8080 python otp_flow.py +32470123456

With a test key the code is 000000.
"""

from __future__ import annotations

import sys

import syssecure


def main() -> int:
    """Ask for codes; returns the exit status."""
    number = sys.argv[1] if len(sys.argv) > 1 else "+32470123456"
    with syssecure.Client() as client:
        try:
            otp = client.otp.send(to=number, channels=["whatsapp", "sms"], purpose="login")
        except syssecure.RateLimitError as error:
            print(f"Too many codes; try again in {error.retry_after} s", file=sys.stderr)
            return 1

        print(f"A code is on its way by {otp.channel}. It is valid until {otp.expires_at:%H:%M:%S} UTC.")
        for line in sys.stdin:
            result = client.otp.verify(otp_id=otp.id, code=line.strip())
            if result.valid:
                print("The code is right.")
                return 0
            if not result.attempts_remaining:
                print(f"Ask for a new code: {result.reason}")
                return 1
            print(f"The code is wrong; {result.attempts_remaining} attempts left.")

    return 1


if __name__ == "__main__":
    sys.exit(main())
