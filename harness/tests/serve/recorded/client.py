"""Calls Secrets Manager through boto3 as each line of its input asks; each line of its output is what
boto3 made of the answer."""

import base64
import datetime
import json
import sys

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

# Recordings hold requests that botocore would not let through.
CONFIG = Config(parameter_validation=False, retries={"total_max_attempts": 1})


class Caller:
    """A client of one account and Region."""

    def __init__(self, account, region):
        self.client = boto3.client(
            "secretsmanager",
            aws_access_key_id=account,
            aws_secret_access_key="test",
            region_name=region,
            config=CONFIG,
        )
        self.unknown, self.fills_tokens, self.text = {}, True, ""
        self.client.meta.events.register("before-call.secrets-manager", self.change)
        self.client.meta.events.register("response-received.secrets-manager", self.keep)

    def change(self, params, **_):
        """Adds what boto3 does not know; takes off what it filled in."""
        body = json.loads(params["body"])
        body.update(self.unknown)
        if not self.fills_tokens:
            body.pop("ClientRequestToken", None)
        params["body"] = json.dumps(body).encode()

    def keep(self, response_dict, **_):
        self.text = response_dict["body"].decode()

    def call(self, operation, request, fills_tokens):
        members = self.client.meta.service_model.operation_model(operation).input_shape.members
        known = {name: value for name, value in request.items() if name in members}
        if "SecretBinary" in known:
            known["SecretBinary"] = base64.b64decode(known["SecretBinary"])
        self.unknown = {name: value for name, value in request.items() if name not in members}
        self.fills_tokens = fills_tokens
        try:
            answer = getattr(self.client, xform_name(operation))(**known)
            status = answer.pop("ResponseMetadata")["HTTPStatusCode"]
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            told = error.response["Error"]
            answer = {"__type": told["Code"], "Message": told["Message"]}
        return {"status": status, "text": self.text, "body": answer}


def plain(value):
    """Dates as seconds and bytes as base64, as on the wire."""
    if isinstance(value, datetime.datetime):
        return value.timestamp()
    return base64.b64encode(value).decode()


callers = {}
for line in sys.stdin:
    asked = json.loads(line)
    place = (asked["account"], asked["region"])
    caller = callers.get(place) or callers.setdefault(place, Caller(*place))
    answer = caller.call(asked["operation"], asked["request"], asked["fillsTokens"])
    print(json.dumps(answer, default=plain), flush=True)
