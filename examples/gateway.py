"""A gateway for the http carrier: takes messages, reports them delivered, and passes on what phones reply.
Run: TOKEN=… CALLBACKS=http://127.0.0.1:8080/carriers/gateway python3 examples/gateway.py 9911"""
import hmac, json, os, sys, threading, urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BEARER = "Bearer " + os.environ["TOKEN"]  # the carrier's token

def report(callback, fields):  # callback is receipts or inbound; anything but a 2xx is an error here: send it again later
    headers = {"Authorization": BEARER, "Content-Type": "application/json"}
    url = os.environ["CALLBACKS"] + "/" + callback
    urllib.request.urlopen(urllib.request.Request(url, json.dumps(fields).encode(), headers), timeout=10).close()

class Gateway(BaseHTTPRequestHandler):
    def do_POST(self):
        if not hmac.compare_digest(self.headers.get("Authorization", ""), BEARER):
            return self.answer(401, {"error": "the token is not the one of this gateway"})
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))  # id, channel, to, from, body
        if message["to"].endswith("99"):  # where your provider says no: the next channel or carrier is tried at once
            return self.answer(422, {"reason": "invalid_destination"})
        self.answer(202, {"id": "gw-" + message["id"]})  # here the message goes to your provider
        threading.Timer(0.2, report, ["receipts", {"id": "gw-" + message["id"], "status": "delivered"}]).start()
        if "Reply STOP" in message["body"]:  # a phone that replies
            reply = {"from": message["to"], "to": message["from"], "body": "STOP"}
            threading.Timer(0.4, report, ["inbound", reply]).start()

    def answer(self, status, fields):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(fields).encode())

ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Gateway).serve_forever()
