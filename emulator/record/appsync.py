#!/usr/bin/env python3
"""Asks AWS AppSync what nobody has published, and compares the answers with the emulator's.

    python3 emulator/record/appsync.py record --out answers.json        # asks AWS, in your account
    python3 emulator/record/appsync.py record --only limits,texts --yes --out answers.json
    python3 emulator/record/appsync.py compare answers.json --endpoint-url http://127.0.0.1:4566

Needs boto3, and websockets for the question of that name. `record` prints what it is going to do
and waits for a yes. It makes APIs whose names begin with keywheel-record-, changes nothing else,
and deletes them at the end, whatever happens. Keys, ids of APIs and accounts, hosts and request
ids are masked in what it writes. AppSync bills by request: all of it is a few hundred requests, and
takes some minutes.

Two questions are asked only if --only names them. `throttling` sends up to 20,000 requests.
`revival` needs a key that has expired, and none lives less than a day: it leaves an API behind
whose name ends in -revival, and answers when it is asked again after two days.

`compare` asks the emulator the same questions and prints each answer that differs. Times are
compared by their kind: at once, or not. It ends with 1 if anything differs.
"""

import argparse
import base64
import concurrent.futures
import contextlib
import json
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

import boto3
import botocore.config
from botocore.exceptions import ClientError

PREFIX = "keywheel-record-"
DAY = 86_400
QUESTIONS = {}
ONLY_BY_NAME = ["throttling", "revival"]
BURST = 20_000
WRONG_KEY = "da2-" + "a" * 26
TYPE_NAME = {"query": "query { __typename }"}
SCHEMA = """
type Query { text: String leaf: Kind node(id: ID!): Node list(by: Filter, n: Int): [Node!] }
type Node { id: ID! node: Node text: String other: String }
input Filter { name: String! kind: Kind inner: Filter }
enum Kind { A B }
"""
SPOKEN_SCHEMA = """
type Query { text: String }
type Mutation { say(text: String): Said }
type Subscription { said: Said @aws_subscribe(mutations: ["say"]) }
type Said { text: String }
"""
BROKEN_SCHEMAS = {
    "not SDL": "meow",
    "empty": "# nothing",
    "no query": "type Mutation { a: Int }",
    "schema without query": "schema { mutation: M } type M { a: Int }",
    "unknown type of a field": "type Query { a: Date }",
    "unknown type of an argument": "type Query { a(b: In): Int }",
    "unknown interface": "type Query implements Node { a: Int }",
    "type defined twice": "type Query { a: Int } type A { a: Int } type A { a: Int }",
    "own scalar defined": "type Query { a: AWSDate } scalar AWSDate",
    "object as an argument": "type Query { a(b: Query): Int }",
}
INVALID_QUERIES = {
    "undefined field": "{ list { node { nope } } }",
    "selection on a leaf": "{ text { a } }",
    "no selection": "{ list { node } }",
    "missing argument": "{ node { id } }",
    "unknown argument": "{ text(a: 1) }",
    "wrong literal": '{ list(n: "2019") { id } }',
    "missing member": "{ list(by: {kind: A}) { id } }",
    "unknown member": '{ list(by: {name: "a", x: 1}) { id } }',
    "unknown word": '{ list(by: {name: "a", kind: C}) { id } }',
    "undefined variable": "{ node(id: $v) { id } }",
    "unused variable": "query($v: Int) { text }",
    "missing variable": "query($v: ID!) { node(id: $v) { id } }",
    "type of a variable": "query($v: String!) { node(id: $v) { id } }",
    "undefined fragment": "{ ...F }",
    "unused fragment": "{ text } fragment F on Query { text }",
    "cycle of fragments": "{ ...F } fragment F on Query { ...F }",
    "unknown type": "{ ... on Person { a } }",
    "unknown directive": "{ text @nope }",
    "fields in conflict": "{ list { a: text a: other } }",
    "no mutations": "mutation { a }",
    "two operations": "query A { text } query B { text }",
}


def question(name, plan):
    """Registers a question with what it does to the account."""

    def register(ask):
        QUESTIONS[name] = (plan, ask)
        return ask

    return register


class Account:
    """The account that is asked, and what was made in it."""

    def __init__(self, endpoint_url, wait_s):
        # No retries: each of them could make another key.
        config = botocore.config.Config(retries={"total_max_attempts": 1})
        self.appsync = boto3.client("appsync", endpoint_url=endpoint_url, config=config)
        self.made = []
        self.wait_s = wait_s
        self.emulator = endpoint_url

    def control(self, what, body):
        """Asks the control plane of an emulator; false where the real service is asked."""
        if not self.emulator:
            return False
        data = json.dumps(body).encode()
        with urllib.request.urlopen(f"{self.emulator}/_keywheel/{what}", data, timeout=60):
            return True

    def api(self, mode="API_KEY", **more):
        name = PREFIX + uuid.uuid4().hex[:12]
        made = self.appsync.create_graphql_api(name=name, authenticationType=mode, **more)
        self.made.append(made["graphqlApi"]["apiId"])
        return made["graphqlApi"]

    def key(self, api, **members):
        return self.appsync.create_api_key(apiId=api["apiId"], **members)["apiKey"]

    def schema(self, api, text):
        """Creates a schema and gives the last status."""
        self.appsync.start_schema_creation(apiId=api["apiId"], definition=text.encode())
        for _ in range(120):
            status = self.appsync.get_schema_creation_status(apiId=api["apiId"])
            if status["status"] != "PROCESSING":
                return {"status": status["status"], "details": status.get("details")}
            time.sleep(1)
        return {"status": "PROCESSING", "details": "for two minutes"}

    def keys(self, api):
        pages = self.appsync.get_paginator("list_api_keys").paginate(apiId=api["apiId"])
        return [key["id"] for page in pages for key in page["apiKeys"]]

    def clean_up(self):
        """Deletes what was made; a schema that is being created holds an API for a while."""
        left = []
        for api in self.made:
            for attempt in range(30):
                try:
                    self.appsync.delete_graphql_api(apiId=api)
                    break
                except ClientError as error:
                    if attempt == 29 or code_of(error) != "ConcurrentModificationException":
                        left.append(f"{api} ({code_of(error)})")
                        break
                    time.sleep(2)
        return left


def code_of(error):
    return error.response["Error"]["Code"]


def told(call, **members):
    """What a call of the control plane answers: its error, or that there is none."""
    try:
        call(**members)
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        message = error.response["Error"]["Message"]
        return {"status": status, "code": code_of(error), "message": message}
    return {"status": 200}


def ask(api, body, headers=None, method="POST"):
    """What the data plane answers."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"content-type": "application/json", **(headers or {})}
    url = api["uris"]["GRAPHQL"]
    request = urllib.request.Request(url, data if method == "POST" else None, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return shape(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        return shape(error.code, error.headers, error.read())


def shape(status, headers, body):
    text = body.decode(errors="replace")
    return {"status": status, "errorType": headers.get("x-amzn-ErrorType"), "body": text}


def with_key(api, key, body=TYPE_NAME):
    return ask(api, body, {"x-api-key": key["id"] if isinstance(key, dict) else key})


def seconds_until(check, limit_s):
    """How long it takes until something holds, asked five times a second; None if it never does."""
    start = time.monotonic()
    while time.monotonic() - start < limit_s:
        if check():
            return round(time.monotonic() - start, 1)
        time.sleep(0.2)
    return None


@question("limits", "one API, 51 keys: the text of the refused one, and pages of the list")
def limits(account):
    api = account.api()
    refusals = [told(account.appsync.create_api_key, apiId=api["apiId"]) for _ in range(51)]
    page = account.appsync.list_api_keys(apiId=api["apiId"])
    zero = account.appsync.list_api_keys(apiId=api["apiId"], maxResults=0)
    return {
        "made": sum(refusal["status"] == 200 for refusal in refusals),
        "refused": refusals[-1],
        "default page": len(page["apiKeys"]),
        "page of maxResults 0": len(zero["apiKeys"]),
    }


@question("bounds", "one API, some keys: whether bounds hold before the expiry is rounded")
def bounds(account):
    api = account.api()
    now = int(time.time())
    create = account.appsync.create_api_key
    kept = account.key(api, expires=now + 30 * DAY)
    return {
        # Only telling if the minute is neither of the first two nor the last of its hour.
        "minute": int(now % 3600 // 60),
        "a day and two minutes": told(create, apiId=api["apiId"], expires=now + DAY + 120),
        "a day less a minute": told(create, apiId=api["apiId"], expires=now + DAY - 60),
        "365 days less a minute": told(create, apiId=api["apiId"], expires=now + 365 * DAY - 60),
        "365 days and an hour": told(create, apiId=api["apiId"], expires=now + 365 * DAY + 3600),
        "rounded to the hour": kept["expires"] == (now + 30 * DAY) // 3600 * 3600,
        "deletes after days": (kept["deletes"] - kept["expires"]) / DAY,
    }


@question("delays", "one API, one key: how long it takes to work, and to stop working")
def delays(account):
    api = account.api()
    account.schema(api, SCHEMA)
    key = account.key(api)
    works = seconds_until(lambda: with_key(api, key)["status"] == 200, account.wait_s)
    account.appsync.delete_api_key(apiId=api["apiId"], id=key["id"])
    stops = seconds_until(lambda: with_key(api, key)["status"] == 401, account.wait_s)
    return {"seconds until it works": works, "seconds until it stops": stops}


@question("list", "one API, 20 keys: whether a list shows a key at once, and in what order")
def listing(account):
    api = account.api()
    made, missing = [], 0
    for _ in range(20):
        made.append(account.key(api)["id"])
        missing += made[-1] not in account.keys(api)
    listed = account.keys(api)
    return {
        "not listed at once": missing,
        "in the order of creation": listed == made,
        "in the order of ids": listed == sorted(listed),
    }


@question("modes", "two APIs: a key at an API without API_KEY mode")
def modes(account):
    iam = account.api("AWS_IAM")
    account.schema(iam, SCHEMA)
    made = told(account.appsync.create_api_key, apiId=iam["apiId"])
    key = account.key(iam) if made["status"] == 200 else {"id": WRONG_KEY}
    both = account.api(
        "AWS_IAM", additionalAuthenticationProviders=[{"authenticationType": "API_KEY"}]
    )
    account.schema(both, SCHEMA)
    open_key = account.key(both)
    twice = [{"authenticationType": "API_KEY"}]
    return {
        "CreateApiKey": made,
        "the key": with_key(iam, key),
        "type name by an additional key": with_key(both, open_key),
        "unmarked field by an additional key": with_key(both, open_key, {"query": "{ text }"}),
        "a mode twice": told(
            account.appsync.create_graphql_api,
            name=PREFIX + "twice",
            authenticationType="API_KEY",
            additionalAuthenticationProviders=twice,
        ),
    }


@question("order", "one API: introspection disabled, and credential before body")
def order(account):
    api = account.api(introspectionConfig="DISABLED")
    account.schema(api, SCHEMA)
    key = account.key(api)
    return {
        "type name without introspection": with_key(api, key),
        "schema without introspection": with_key(api, key, {"query": "{__schema{types{name}}}"}),
        "meow with a wrong key": with_key(api, WRONG_KEY, b"meow"),
        "meow with a key": with_key(api, key, b"meow"),
        "no body": with_key(api, key, b""),
        "no credential": ask(api, TYPE_NAME),
        "wrong key": with_key(api, WRONG_KEY),
        "key and token": ask(api, TYPE_NAME, {"x-api-key": key["id"], "authorization": "a.b.c"}),
        "GET without a query": ask(api, b"", {"x-api-key": key["id"]}, "GET"),
        "unknown operation": with_key(api, key, {"query": "query A{text}", "operationName": "B"}),
    }


@question("texts", "one API, some keys: unknown keys, and descriptions of all kinds")
def texts(account):
    api = account.api()
    id_ = api["apiId"]
    key = account.key(api, description="first")
    update = account.appsync.update_api_key
    before = account.appsync.list_api_keys(apiId=id_)["apiKeys"][0]
    after = update(apiId=id_, id=key["id"], description="second")["apiKey"]
    create = account.appsync.create_api_key
    return {
        "DeleteApiKey of an unknown key": told(
            account.appsync.delete_api_key, apiId=id_, id=WRONG_KEY
        ),
        "UpdateApiKey of an unknown key": told(update, apiId=id_, id=WRONG_KEY),
        "unknown API": told(account.appsync.list_api_keys, apiId="a" * 26),
        "update without expires moves it": before["expires"] != after["expires"],
        "description of 256": told(create, apiId=id_, description="x" * 256),
        "description of 10000": told(create, apiId=id_, description="x" * 10_000),
        "empty description": told(create, apiId=id_, description=""),
        "description of two lines": told(create, apiId=id_, description="a\nb"),
    }


@question("schemas", "one API: broken schemas and their details, and the lock while one is created")
def schemas(account):
    api = account.api()
    answers = {"no schema": with_key(api, account.key(api))}
    for name, text in BROKEN_SCHEMAS.items():
        answers[name] = account.schema(api, text)
    account.appsync.start_schema_creation(apiId=api["apiId"], definition=SCHEMA.encode())
    answers["CreateApiKey meanwhile"] = told(account.appsync.create_api_key, apiId=api["apiId"])
    return answers


@question("queries", "one API: what is said to invalid queries")
def queries(account):
    api = account.api()
    account.schema(api, SCHEMA)
    key = account.key(api)
    ask_for = lambda query: with_key(api, key, {"query": query})
    return {name: ask_for(query) for name, query in INVALID_QUERIES.items()}


@contextlib.contextmanager
def graphql_socket(api, key):
    """A websocket to an API that has asked for a subscription."""
    from websockets.sync.client import connect

    host = urllib.parse.urlsplit(api["uris"]["GRAPHQL"]).netloc
    shown = {"host": host, "x-api-key": key["id"]}
    header = base64.b64encode(json.dumps(shown).encode()).decode()
    query = urllib.parse.urlencode({"header": header, "payload": "e30="})
    data = json.dumps({"query": "subscription { said { text } }", "variables": {}})
    start = {"data": data, "extensions": {"authorization": shown}}
    url = f"{api['uris']['REALTIME']}?{query}"
    with connect(url, subprotocols=["graphql-ws"]) as socket:
        socket.send(json.dumps({"type": "connection_init"}))
        socket.send(json.dumps({"id": "1", "type": "start", "payload": start}))
        yield socket


def frames_until(socket, last, limit_s):
    """The frames up to one of a type, a close, or the end of the time; signs of life left out."""
    frames, end = [], time.monotonic() + limit_s
    while time.monotonic() < end:
        try:
            frame = json.loads(socket.recv(timeout=max(end - time.monotonic(), 0.1)))
        except TimeoutError:
            break
        except Exception as closed:  # The library's own, which is imported only with the socket.
            return frames + [f"closed {getattr(getattr(closed, 'rcvd', None), 'code', None)}"]
        if frame["type"] != "ka":
            frames.append(json.dumps(frame, sort_keys=True))
        if frame["type"] == last:
            break
    return frames


@question("socket", "one API, two keys: an open websocket when its key is deleted (needs websockets)")
def socket(account):
    api = account.api()
    account.schema(api, SPOKEN_SCHEMA)
    key, other = account.key(api), account.key(api)
    seconds_until(lambda: with_key(api, key)["status"] == 200, account.wait_s)
    with graphql_socket(api, key) as opened:
        before = frames_until(opened, "start_ack", 30)
        account.appsync.delete_api_key(apiId=api["apiId"], id=key["id"])
        seconds_until(lambda: with_key(api, key)["status"] == 401, account.wait_s)
        with_key(api, other, {"query": "mutation { say(text: \"a\") { text } }"})
        after = frames_until(opened, "data", min(account.wait_s, 30))
    return {"until the subscription": " ".join(before), "after the deletion": " ".join(after)}


@question("throttling", f"one API, one key, up to {BURST} requests at once: what one too many is told")
def throttling(account):
    api = account.api()
    account.schema(api, SCHEMA)
    key = account.key(api)
    seconds_until(lambda: with_key(api, key)["status"] == 200, account.wait_s)
    # An emulator has no limit of its own.
    account.control("faults", {"at": "GraphQL#1", "kind": "throttled"})
    with concurrent.futures.ThreadPoolExecutor(200) as pool:
        for start in range(0, BURST, 1_000):
            answers = list(pool.map(lambda _: with_key(api, key), range(start, start + 1_000)))
            refused = [answer for answer in answers if answer["status"] == 429]
            if refused:
                return {"one too many": refused[0]}
    return {"one too many": "never"}


@question("revival", "one API, one key that expires in a day: whether an expired key comes back")
def revival(account):
    name = PREFIX + "revival"
    pages = account.appsync.get_paginator("list_graphql_apis").paginate()
    kept = [api for page in pages for api in page["graphqlApis"] if api["name"] == name]
    if not kept:
        made = account.appsync.create_graphql_api(name=name, authenticationType="API_KEY")
        kept = [made["graphqlApi"]]
        account.schema(kept[0], SCHEMA)
        # Rounded down to the hour, and at least a day away.
        account.key(kept[0], expires=int(time.time()) + DAY + 3_660)
    api = kept[0]
    account.control("clock", {"advance": "2d"})
    key = account.appsync.list_api_keys(apiId=api["apiId"])["apiKeys"][0]
    if with_key(api, key)["status"] == 200:
        return {"pending": "the key has not expired; ask again in two days"}
    account.made.append(api["apiId"])
    now = int(time.time()) + (2 * DAY if account.emulator else 0)
    expired = with_key(api, key)
    ask_for = {"apiId": api["apiId"], "id": key["id"], "expires": now + 7 * DAY}
    revived = told(account.appsync.update_api_key, **ask_for)
    works = seconds_until(lambda: with_key(api, key)["status"] == 200, account.wait_s)
    return {"expired": expired, "revived": revived, "seconds until it works": works}


MASKS = [
    (re.compile(r"da2-[a-z2-7]{26}"), "KEY"),
    (re.compile(r"https?://[^\s\"]+"), "URL"),
    (re.compile(r"arn:aws[a-z-]*:[^\s\"]+"), "ARN"),
    (re.compile(r"\b[a-z2-7]{26}\b"), "ID"),
    (re.compile(r"\b\d{12}\b"), "ACCOUNT"),
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "UUID"),
]


def masked(answer):
    """An answer without keys, ids, accounts and hosts."""
    if isinstance(answer, dict):
        return {name: masked(value) for name, value in answer.items()}
    if isinstance(answer, str):
        for pattern, word in MASKS:
            answer = pattern.sub(word, answer)
    return answer


def asked(account, names):
    """The answers; a question that fails does not keep the others from being asked."""
    answers = {}
    try:
        for name in names:
            print(f"{name}: {QUESTIONS[name][0]}", flush=True)
            try:
                answers[name] = masked(QUESTIONS[name][1](account))
            except ClientError as error:
                answers[name] = masked({"failed": str(error)})
                print(f"  failed: {answers[name]['failed']}")
    finally:
        left = account.clean_up()
        for api in left:
            print(f"not deleted, delete it by hand: {api}", file=sys.stderr)
    return answers


def flat(answer, path=""):
    if not isinstance(answer, dict):
        return {path: answer}
    pairs = {}
    for name, value in answer.items():
        pairs.update(flat(value, f"{path} / {name}" if path else name))
    return pairs


def comparable(path, value):
    """Times by their kind, the minute of the hour not at all, JSON by its meaning."""
    if path.endswith("/ minute"):
        return None
    if "seconds until" in path:
        return "never" if value is None else "at once" if value < 1 else "later"
    if path.endswith("/ body") and isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def is_confirmed():
    try:
        return input("Go on? [yes/no] ").strip() == "yes"
    except EOFError:
        return False


def record(options):
    where = options.endpoint_url or "AWS, in the account and Region of your credentials"
    print(f"This asks {where}:")
    for name in options.only:
        print(f"  {name}: {QUESTIONS[name][0]}")
    print(f"It makes APIs named {PREFIX}... and deletes them at the end; it touches nothing else.")
    if not options.yes and not is_confirmed():
        print("Nothing was done.")
        return 2
    answers = asked(Account(options.endpoint_url, options.wait), options.only)
    recorded = time.strftime("%Y-%m-%d", time.gmtime())
    with open(options.out, "w", encoding="utf-8") as out:
        json.dump({"recorded": recorded, "answers": answers}, out, indent=1)
        out.write("\n")
    print(f"written to {options.out}")
    return int(any("failed" in answer for answer in answers.values()))


def compare(options):
    with open(options.file, encoding="utf-8") as recording:
        theirs = json.load(recording)["answers"]
    known = [name for name in theirs if name in QUESTIONS]
    ours = flat(asked(Account(options.endpoint_url, options.wait), known))
    theirs = flat({name: theirs[name] for name in known})
    differing = 0
    for path in sorted(theirs.keys() | ours.keys()):
        pair = [comparable(path, answers.get(path)) for answers in (theirs, ours)]
        if pair[0] != pair[1]:
            differing += 1
            print(f"{path}\n  recorded: {theirs.get(path)!r}\n  emulator: {ours.get(path)!r}")
    print(f"{len(theirs)} answers, {differing} differ")
    return int(differing > 0)


def names(text):
    chosen = text.split(",")
    unknown = [name for name in chosen if name not in QUESTIONS]
    if unknown:
        known = ", ".join(QUESTIONS)
        raise argparse.ArgumentTypeError(f"no question is called {unknown[0]}: use {known}")
    return chosen


BY_DEFAULT = [name for name in QUESTIONS if name not in ONLY_BY_NAME]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, run in (("record", record), ("compare", compare)):
        command = commands.add_parser(name)
        command.set_defaults(run=run)
        command.add_argument("--wait", type=float, default=120, help="seconds to wait for a key")
        command.add_argument("--endpoint-url", required=name == "compare")
    record_options = commands.choices["record"]
    record_options.add_argument("--out", required=True, help="the file to write")
    record_options.add_argument("--only", type=names, default=BY_DEFAULT, help="some questions")
    record_options.add_argument("--yes", action="store_true", help="do not ask before going on")
    commands.choices["compare"].add_argument("file", help="what record wrote")
    options = parser.parse_args()
    sys.exit(options.run(options))


main()
