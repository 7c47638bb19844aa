"""The password function behind a URL: an event is posted, its end is the answer."""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

sys.path.insert(0, sys.argv[1])
import password


class Functions(BaseHTTPRequestHandler):
    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers["content-length"])))
        try:
            password.handler(event)
            end = None
        except Exception as error:
            end = {"errorType": type(error).__name__, "errorMessage": str(error)}
        body = json.dumps(end).encode()
        self.send_response(200)
        if end:
            self.send_header("x-amz-function-error", "Unhandled")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Functions)
print(server.server_port, flush=True)
server.serve_forever()
