"""Runs a Python handler as a Lambda function, where AWS's own runtime client is not installed.

It asks the Lambda Runtime API for events, calls `module.function` of _HANDLER with each, and tells
what it returned or how it failed.
"""

import gc
import http.client
import importlib
import importlib.util
import json
import logging
import os
import signal
import sys
import threading
import time
import traceback
import types

RUNTIME = "/2018-06-01/runtime/"


class Runtime:
    """The Runtime API over one connection."""

    def __init__(self, authority):
        self.authority = authority
        self.connection = http.client.HTTPConnection(authority)

    def request(self, method, path, body=None):
        self.connection.request(method, RUNTIME + path, body)
        response = self.connection.getresponse()
        return response.headers, response.read()

    def next(self):
        return self.request("GET", "invocation/next")

    def respond(self, request_id, body):
        self.request("POST", f"invocation/{request_id}/response", body)

    def fail(self, request_id, error):
        self.request("POST", f"invocation/{request_id}/error", json.dumps(error))

    def fail_to_start(self, error):
        self.request("POST", "init/error", json.dumps(error))

    def tell(self, what, **members):
        """Something of the environments that this process makes."""
        self.request("POST", f"environment/{what}", json.dumps(members))


class Context:
    """What a handler is told of its invocation."""

    def __init__(self, headers):
        environment = os.environ
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.function_name = environment["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = environment["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = environment["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = environment["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.client_context = client_context(headers.get("Lambda-Runtime-Client-Context"))
        self.identity = None
        self._deadline_ms = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self):
        return max(self._deadline_ms - int(time.time() * 1000), 0)

    def log(self, message):
        print(message, flush=True)


def client_context(text):
    """What a client says of itself, if it does."""
    if not text:
        return None
    said = json.loads(text)
    said = {"custom": None, "env": None, **said, "client": types.SimpleNamespace(**said.get("client", {}))}
    return types.SimpleNamespace(**said)


class JsonFormatter(logging.Formatter):
    """One JSON object a record, as functions with LogFormat JSON write them."""

    converter = time.gmtime

    def format(self, record):
        line = {
            "timestamp": self.formatTime(record, "%Y-%m-%dT%H:%M:%SZ"),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
            "requestId": record.aws_request_id,
        }
        return json.dumps(line)


class RequestIdFilter(logging.Filter):
    """Gives every record the id of the request in progress."""

    request_id = ""

    def filter(self, record):
        record.aws_request_id = RequestIdFilter.request_id
        return True


def set_up_logging():
    handler = logging.StreamHandler(sys.stdout)
    form = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s"
    formatter = logging.Formatter(form, "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    if os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON":
        formatter = JsonFormatter()
        level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "INFO")
        logging.getLogger().setLevel({"TRACE": "DEBUG", "FATAL": "CRITICAL"}.get(level, level))
    handler.setFormatter(formatter)
    handler.addFilter(RequestIdFilter())
    logging.getLogger().addHandler(handler)


def described(error, error_type=None, skipped=0):
    """An error in the members that Lambda passes on."""
    frames = traceback.format_list(traceback.extract_tb(error.__traceback__)[skipped:])
    return {
        "errorMessage": str(error),
        "errorType": error_type or type(error).__name__,
        "requestId": RequestIdFilter.request_id,
        "stackTrace": frames,
    }


def log_error(error):
    print(f"[ERROR] {error['errorType']}: {error['errorMessage']}")
    if error["stackTrace"]:
        print("Traceback (most recent call last):")
        print("".join(error["stackTrace"]), end="")
    sys.stdout.flush()


def load(name):
    """The handler, or the error that says why there is none."""
    module_name, _, function_name = name.rpartition(".")
    if not module_name:
        return None, {
            "errorMessage": f"Bad handler '{name}': not enough values to unpack (expected 2, got 1)",
            "errorType": "Runtime.MalformedHandlerName",
            "requestId": "",
            "stackTrace": [],
        }
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        message = f"Unable to import module '{module_name}': {error}"
        return None, {**described(error, "Runtime.ImportModuleError"), "errorMessage": message,
                      "stackTrace": []}
    except SyntaxError as error:
        message = f"Syntax error in module '{module_name}': {error}"
        return None, {**described(error, "Runtime.UserCodeSyntaxError"), "errorMessage": message,
                      "stackTrace": []}
    handler = getattr(module, function_name, None)
    if handler is None:
        message = f"Handler '{function_name}' missing on module '{module_name}'"
        return None, {"errorMessage": message, "errorType": "Runtime.HandlerNotFound",
                      "requestId": "", "stackTrace": []}
    return handler, None


def answer(runtime, handler, headers, body):
    context = Context(headers)
    os.environ["_X_AMZN_TRACE_ID"] = headers["Lambda-Runtime-Trace-Id"]
    RequestIdFilter.request_id = context.aws_request_id
    try:
        result = handler(json.loads(body), context)
    except Exception as error:
        failure = described(error, skipped=1)
        log_error(failure)
        runtime.fail(context.aws_request_id, failure)
        return
    try:
        text = json.dumps(result, ensure_ascii=False).encode()
    except (TypeError, ValueError) as error:
        message = f"Unable to marshal response: {error}"
        failure = {**described(error, "Runtime.MarshalError"), "errorMessage": message,
                   "stackTrace": []}
        log_error(failure)
        runtime.fail(context.aws_request_id, failure)
        return
    sys.stdout.flush()
    sys.stderr.flush()
    runtime.respond(context.aws_request_id, text)


def serve(runtime, handler):
    while True:
        headers, body = runtime.next()
        answer(runtime, handler, headers, body)


def adopt_orphans():
    """What an environment leaves behind becomes a child of this process, so that it can be ended."""
    try:
        import ctypes

        PR_SET_CHILD_SUBREAPER = 36
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    except (ImportError, OSError, AttributeError):
        pass  # Only Linux has it.


def end_orphans():
    try:
        with open(f"/proc/self/task/{os.getpid()}/children") as children:
            left = [int(child) for child in children.read().split()]
    except OSError:
        return
    for child in left:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def described_end(status):
    if os.WIFSIGNALED(status):
        name = {9: "killed", 11: "segmentation fault", 6: "aborted", 15: "terminated"}
        number = os.WTERMSIG(status)
        return f"signal: {name.get(number, number)}"
    return f"exit status {os.WEXITSTATUS(status)}"


def load_models():
    """What boto3 reads from its files at the first client of a service, it need not read again."""
    boto3 = sys.modules.get("boto3")
    if boto3:
        try:
            boto3.client("secretsmanager")
        except Exception:
            pass  # Whatever is wrong with it, the function will meet it itself.


def make_environments(runtime, handler):
    """Forks an environment whenever one is wanted: the code is loaded once."""
    load_models()
    adopt_orphans()
    gc.collect()
    gc.freeze()
    while True:
        runtime.request("GET", "environment/next")
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            os.setpgid(0, 0)
            return serve(Runtime(runtime.authority), handler)
        try:
            os.setpgid(child, child)
        except OSError:
            pass  # It has done so itself, or has ended.
        runtime.tell("begun", pid=child)
        status = os.waitpid(child, 0)[1]
        end_orphans()
        runtime.tell("ended", status=described_end(status))


def main():
    root = os.environ["LAMBDA_TASK_ROOT"]
    sys.path[0] = root
    prepares = os.environ.pop("KEYWHEEL_PREPARES", None)
    if not prepares and importlib.util.find_spec("awslambdaric"):
        os.execv(sys.executable, [sys.executable, "-m", "awslambdaric", os.environ["_HANDLER"]])
    sys.stdout.reconfigure(line_buffering=True)
    set_up_logging()
    runtime = Runtime(os.environ["AWS_LAMBDA_RUNTIME_API"])
    try:
        handler, failure = load(os.environ["_HANDLER"])
    except Exception as error:
        handler, failure = None, described(error)
    if failure:
        log_error(failure)
        runtime.fail_to_start(failure)
        sys.exit(1)
    if not prepares:
        serve(runtime, handler)
    elif threading.active_count() > 1:
        runtime.tell("unfit", reason="it starts threads when it is loaded")
    else:
        make_environments(runtime, handler)


main()
