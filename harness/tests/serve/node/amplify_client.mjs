// What an application does with Amplify: queries, subscriptions, and events over HTTP and websockets.
//
// Amplify takes any endpoint, but makes `wss:` of it; a websocket class that asks for `ws:` instead is
// all that points it at a server without TLS.
import assert from "node:assert/strict";
import { once } from "node:events";
import { inspect } from "node:util";
import {
  AppSyncClient,
  CreateApiCommand,
  CreateApiKeyCommand,
  CreateChannelNamespaceCommand,
  CreateGraphqlApiCommand,
  DeleteApiKeyCommand,
  StartSchemaCreationCommand,
} from "@aws-sdk/client-appsync";
import WebSocket from "ws";

globalThis.WebSocket = class extends WebSocket {
  constructor(url, protocols) {
    super(String(url).replace(/^wss:/, "ws:"), protocols);
  }
};
const { Amplify } = await import("aws-amplify");
const { generateClient } = await import("aws-amplify/api");
const { events } = await import("aws-amplify/data");

const admin = new AppSyncClient({ region: "us-east-1", endpoint: process.env.AWS_ENDPOINT_URL });
const call = (Command, input) => admin.send(new Command(input));
const newKey = async (apiId) => (await call(CreateApiKeyCommand, { apiId })).apiKey.id;

/** An observer, and a promise of the next thing that it sees. */
function watch() {
  let tell;
  const next = () => new Promise((resolve) => (tell = resolve));
  const observer = {
    next: (value) => tell({ value }),
    error: (error) => tell({ error }),
  };
  return { observer, next };
}

const { graphqlApi } = await call(CreateGraphqlApiCommand, {
  name: "shop",
  authenticationType: "API_KEY",
});
const definition = `
  type Todo { id: ID title: String }
  type Query { todo: Todo }
  type Mutation { createTodo(id: ID, title: String): Todo }
  type Subscription { onCreateTodo: Todo @aws_subscribe(mutations: ["createTodo"]) }
`;
await call(StartSchemaCreationCommand, {
  apiId: graphqlApi.apiId,
  definition: Buffer.from(definition),
});
const modes = [{ authType: "API_KEY" }];
const { api } = await call(CreateApiCommand, {
  name: "events",
  eventConfig: {
    authProviders: modes,
    connectionAuthModes: modes,
    defaultPublishAuthModes: modes,
    defaultSubscribeAuthModes: modes,
  },
});
await call(CreateChannelNamespaceCommand, { apiId: api.apiId, name: "chat" });

const graphqlKey = await newKey(graphqlApi.apiId);
const eventKey = await newKey(api.apiId);
const common = { region: "us-east-1", defaultAuthMode: "apiKey" };
Amplify.configure({
  API: {
    GraphQL: { ...common, endpoint: graphqlApi.uris.GRAPHQL, apiKey: graphqlKey },
    Events: { ...common, endpoint: `http://${api.dns.HTTP}/event`, apiKey: eventKey },
  },
});

// The data plane.
const client = generateClient();
const { data } = await client.graphql({ query: "query { __typename todo { title } }" });
assert.equal(data.__typename, "Query");
const mutation = 'mutation { createTodo(id: "1", title: "milk") { id title } }';

// GraphQL's subscriptions.
const todos = watch();
const subscription = client
  .graphql({ query: "subscription { onCreateTodo { title } }" })
  .subscribe(todos.observer);
const told = todos.next();
// The subscription does not tell when it has started, so the mutation is repeated until it is heard.
const repeat = setInterval(() => client.graphql({ query: mutation }), 200);
assert.deepEqual((await told).value.data, { onCreateTodo: { title: "milk" } });
clearInterval(repeat);
subscription.unsubscribe();

// Events.
const channel = await events.connect("/chat/room");
const room = watch();
const listening = channel.subscribe(room.observer);
await listening.ready;
let heard = room.next();
// What failed is what it returns.
assert.equal(await events.post("/chat/room", { n: 1 }), undefined);
assert.deepEqual((await heard).value.event, { n: 1 });
heard = room.next();
await channel.publish({ n: 2 });
assert.deepEqual((await heard).value.event, { n: 2 });

const elsewhere = await events.connect("/nowhere/room");
const refused = watch();
heard = refused.next();
elsewhere.subscribe(refused.observer);
assert.match((await heard).error.errors[0].message, /namespace nowhere/);

// A deleted key is refused, and the socket that it opened goes on as the setting has it.
await call(DeleteApiKeyCommand, { apiId: api.apiId, id: eventKey });
const late = await events.post("/chat/room", { n: 3 }).catch((error) => error);
assert.match(inspect(late, { depth: 9 }), /UnauthorizedException/);
const apiKey = await newKey(api.apiId);
heard = room.next();
await events.post("/chat/room", { n: 4 }, { apiKey });
assert.deepEqual((await heard).value.event, { n: 4 });
await call(DeleteApiKeyCommand, { apiId: graphqlApi.apiId, id: graphqlKey });
const later = await client.graphql({ query: mutation }).catch((error) => error);
assert.match(inspect(later, { depth: 9 }), /UnauthorizedException/);

// A client that starts with a key that is gone is told so.
const socket = new globalThis.WebSocket(`ws://${api.dns.HTTP}/event/realtime`, [
  "aws-appsync-event-ws",
  `header-${Buffer.from(JSON.stringify({ host: "h", "x-api-key": eventKey })).toString("base64url")}`,
]);
const [frame] = await once(socket, "message");
assert.equal(JSON.parse(frame).type, "connection_error");
const [code] = await once(socket, "close");
assert.equal(code, 1008);
process.exit(0);
