"""A function that the server is started with, and boto3 looking at it and invoking it."""

import base64
import json


def handler(event, context):
    print("called with", event)
    if event == "raise":
        raise ValueError("as it was told")
    return {"event": event, "name": context.function_name}


def main():
    import boto3

    functions = boto3.client("lambda")
    names = [it["FunctionName"] for it in functions.list_functions()["Functions"]]
    assert names == ["echo", "keywheel-rotator"], names
    shown = functions.get_function(FunctionName="echo")["Configuration"]
    again = functions.get_function_configuration(FunctionName=shown["FunctionArn"])
    del again["ResponseMetadata"]
    assert again == shown, again
    assert (shown["Runtime"], shown["Timeout"], shown["State"]) == ("provided.al2023", 20, "Active")
    functions.get_waiter("function_active_v2").wait(FunctionName="echo")

    event = {"a": [1, "ü"]}
    answer = functions.invoke(FunctionName="echo", Payload=json.dumps(event), LogType="Tail")
    assert json.load(answer["Payload"]) == {"event": event, "name": "echo"}, answer
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST"), answer
    log = base64.b64decode(answer["LogResult"]).decode()
    assert "called with {'a': [1, 'ü']}" in log and "REPORT RequestId" in log, log

    answer = functions.invoke(FunctionName="echo", Payload=json.dumps("raise"))
    assert answer["FunctionError"] == "Unhandled", answer
    error = json.load(answer["Payload"])
    assert (error["errorType"], error["errorMessage"]) == ("ValueError", "as it was told"), error
    answer = functions.invoke(FunctionName="echo", Payload="1", InvocationType="DryRun")
    assert answer["StatusCode"] == 204, answer


if __name__ == "__main__":
    main()
