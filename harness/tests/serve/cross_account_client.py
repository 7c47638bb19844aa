"""Two accounts: what one shares with the other, and what it keeps to itself."""

import io
import json
import zipfile

import boto3
from botocore.exceptions import ClientError

OWNER, OTHER = "111122223333", "444455556666"


def client(service, key, secret="test", token=None):
    return boto3.client(
        service,
        region_name="us-east-1",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=token,
    )


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, principal=None):
    statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
    return statement | ({"Principal": {"AWS": principal}} if principal else {})


def trust(principal):
    return policy({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})


def refused(call, kind, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDeniedException", error
        assert f"because no {kind} policy allows" in str(error), error
        return
    raise AssertionError(f"{call} must be refused")


# The owner's secret, which it shares, and its function.
owned = client("secretsmanager", OWNER)
shared = owned.create_secret(Name="shared", SecretString="v", KmsKeyId="key")["ARN"]
kept = owned.create_secret(Name="kept", SecretString="v", KmsKeyId="key")["ARN"]
statement = allow("secretsmanager:GetSecretValue", f"arn:aws:iam::{OTHER}:root")
owned.put_resource_policy(SecretId="shared", ResourcePolicy=policy(statement))
role = client("iam", OWNER).create_role(
    RoleName="f", AssumeRolePolicyDocument=trust({"Service": "lambda.amazonaws.com"})
)["Role"]["Arn"]
code = io.BytesIO()
with zipfile.ZipFile(code, "w") as archive:
    archive.writestr("index.py", "def handler(event, context): return context.invoked_function_arn")
functions = client("lambda", OWNER)
function = functions.create_function(
    FunctionName="f", Role=role, Runtime="python3.12", Handler="index.handler", Timeout=30,
    Code={"ZipFile": code.getvalue()},
)["FunctionArn"]

# A user of the other account, and a role that it assumes.
iam = client("iam", OTHER)
iam.create_user(UserName="bob")
iam.create_role(RoleName="reader", AssumeRolePolicyDocument=trust({"AWS": OTHER}))
key = iam.create_access_key(UserName="bob")["AccessKey"]
bob = (key["AccessKeyId"], key["SecretAccessKey"])
session = client("sts", OTHER).assume_role(
    RoleArn=f"arn:aws:iam::{OTHER}:role/reader", RoleSessionName="s1"
)["Credentials"]
reader = (session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"])

for who, grant in [
    (bob, lambda text: iam.put_user_policy(UserName="bob", PolicyName="p", PolicyDocument=text)),
    (reader, lambda text: iam.put_role_policy(RoleName="reader", PolicyName="p", PolicyDocument=text)),
]:
    secrets, invoker = client("secretsmanager", *who), client("lambda", *who)
    refused(secrets.get_secret_value, "identity-based", SecretId=shared)
    refused(invoker.invoke, "identity-based", FunctionName=function)
    grant(policy(allow(["secretsmanager:*", "lambda:*"])))
    assert secrets.get_secret_value(SecretId=shared)["SecretString"] == "v"
    refused(secrets.get_secret_value, "resource-based", SecretId=kept)
    refused(secrets.describe_secret, "resource-based", SecretId=shared)
    batch = secrets.batch_get_secret_value(SecretIdList=[shared, kept])
    assert [it["ARN"] for it in batch["SecretValues"]] == [shared], batch
    assert [(it["SecretId"], it["ErrorCode"]) for it in batch["Errors"]] == [
        (kept, "AccessDeniedException")
    ], batch
    refused(invoker.invoke, "resource-based", FunctionName=function)
    functions.add_permission(
        FunctionName="f", StatementId="other", Action="lambda:InvokeFunction", Principal=OTHER
    )
    answer = invoker.invoke(FunctionName=function)
    assert json.load(answer["Payload"]) == function, answer
    refused(invoker.get_function, "resource-based", FunctionName=function)
    functions.remove_permission(FunctionName="f", StatementId="other")
