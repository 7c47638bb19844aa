"""A function that speaks the Lambda Runtime API: it returns its event, or does what that asks for."""

import http.client
import json
import os
import time

connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])


def request(method, path, body=None):
    connection.request(method, "/2018-06-01/runtime/invocation/" + path, body)
    answer = connection.getresponse()
    return answer.headers, answer.read()


while True:
    headers, body = request("GET", "next")
    request_id = headers["Lambda-Runtime-Aws-Request-Id"]
    event = json.loads(body)
    print("called with", body.decode(), flush=True)
    if event == "exit":
        os._exit(7)
    if event == "hang":
        time.sleep(300)
    if event == "raise":
        error = {"errorType": "Own", "errorMessage": "as it was told", "more": 1}
        request("POST", request_id + "/error", json.dumps(error))
    else:
        answer = {"event": event, "pid": os.getpid(), "request": request_id}
        request("POST", request_id + "/response", json.dumps(answer))
