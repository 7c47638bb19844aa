"""A rotation function that speaks the Lambda Runtime API with nothing but the standard library.

What it does beside rotating is chosen by its first argument.
"""

import http.client
import json
import os
import subprocess
import sys
import time

RUNTIME = "/2018-06-01/runtime/"
AUTHORITY = os.environ["AWS_LAMBDA_RUNTIME_API"]
MODE = sys.argv[1]


def request(method, path, body=None, headers=None):
    connection = http.client.HTTPConnection(AUTHORITY, timeout=30)
    connection.request(method, path, body, headers or {})
    response = connection.getresponse()
    answer = response.read()
    return response.status, response.headers, json.loads(answer) if answer else None


def secrets(operation, **members):
    key, region = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_REGION"]
    scope = f"{key}/20261122/{region}/secretsmanager/aws4_request"
    headers = {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": "secretsmanager." + operation,
        "authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
    }
    status, _, answer = request("POST", "/", json.dumps(members), headers)
    if status != 200:
        raise RuntimeError(f"{operation}: {answer}")
    return answer


def create(secret, token):
    value = json.dumps({"pid": os.getpid(), "region": os.environ["AWS_REGION"]})
    secrets("PutSecretValue", SecretId=secret, ClientRequestToken=token, SecretString=value,
            VersionStages=["AWSPENDING"])


def finish(secret, token):
    current = secrets("GetSecretValue", SecretId=secret)["VersionId"]
    pid = json.loads(secrets("GetSecretValue", SecretId=secret, VersionId=token)["SecretString"])["pid"]
    if pid != os.getpid():
        raise RuntimeError("another process made the value")
    secrets("UpdateSecretVersionStage", SecretId=secret, VersionStage="AWSCURRENT",
            RemoveFromVersionId=current, MoveToVersionId=token)


def handle(event, headers):
    remaining = int(headers["Lambda-Runtime-Deadline-Ms"]) / 1000 - time.time()
    assert 0 < remaining < 60, remaining
    assert headers["Lambda-Runtime-Invoked-Function-Arn"].endswith(
        ":function:" + os.environ["AWS_LAMBDA_FUNCTION_NAME"])
    print("step", event["Step"], flush=True)
    if MODE == "exit":
        sys.exit(3)
    if MODE == "hang":
        child = subprocess.Popen(["sleep", "300"])
        print("child", child.pid, flush=True)
        time.sleep(300)
    if MODE == "raise":
        raise ValueError("not today")
    if event["Step"] == "createSecret":
        create(event["SecretId"], event["ClientRequestToken"])
    if event["Step"] == "finishSecret":
        finish(event["SecretId"], event["ClientRequestToken"])


def main():
    if MODE == "init":
        error = {"errorType": "Runtime.ImportError", "errorMessage": "no module"}
        request("POST", RUNTIME + "init/error", json.dumps(error))
        sys.exit(1)
    while True:
        _, headers, event = request("GET", RUNTIME + "invocation/next")
        name = headers["Lambda-Runtime-Aws-Request-Id"]
        try:
            handle(event, headers)
            status, _, _ = request("POST", f"{RUNTIME}invocation/{name}/response", "null")
        except Exception as error:
            body = json.dumps({"errorType": type(error).__name__, "errorMessage": str(error)})
            status, _, _ = request("POST", f"{RUNTIME}invocation/{name}/error", body)
        assert status == 202, status
        status, _, _ = request("POST", f"{RUNTIME}invocation/{name}/response", "null")
        assert status == 400, "it has been answered"


main()
