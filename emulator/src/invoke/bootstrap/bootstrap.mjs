// Runs a Node.js handler as a Lambda function, where AWS's own runtime client is not installed.
//
// It asks the Lambda Runtime API for events, calls the function that _HANDLER names with each, and
// tells what it returned or how it failed.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import http from "node:http";
import module from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import util from "node:util";

const RUNTIME = "/2018-06-01/runtime/";
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const root = process.env.LAMBDA_TASK_ROOT;
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
let requestId = "";

function request(method, where, body) {
  return new Promise((resolve, reject) => {
    const options = { host, port, method, path: RUNTIME + where, agent };
    const sent = http.request(options, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

// Lambda writes the time, the request and the level before every line of the console.
function setUpLogging() {
  const isJson = process.env.AWS_LAMBDA_LOG_FORMAT === "JSON";
  const ranks = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
  const least = isJson ? ranks.indexOf(process.env.AWS_LAMBDA_LOG_LEVEL ?? "INFO") : 0;
  const levels = { log: "INFO", info: "INFO", debug: "DEBUG", warn: "WARN", error: "ERROR", trace: "TRACE" };
  for (const [name, level] of Object.entries(levels)) {
    console[name] = (...values) => {
      if (ranks.indexOf(level) < least) return;
      if (isJson) {
        const message = values.length === 1 && typeof values[0] === "object" ? values[0] : util.format(...values);
        const line = { timestamp: new Date().toISOString(), level, requestId, message };
        process.stdout.write(`${JSON.stringify(line)}\n`);
        return;
      }
      const text = util.format(...values).replace(/\n/g, "\r");
      process.stdout.write(`${new Date().toISOString()}\t${requestId || "undefined"}\t${level}\t${text}\n`);
    };
  }
}

function described(error, type) {
  if (!(error instanceof Error)) {
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  }
  return { errorType: type ?? error.name, errorMessage: error.message, trace: (error.stack ?? "").split("\n") };
}

function failureOf(type, message) {
  return { errorType: type, errorMessage: message, trace: [] };
}

// The file of a handler, in the order in which Lambda looks for it.
function fileOf(name) {
  const known = process.env.KEYWHEEL_HANDLER_FILE;
  if (known) return known;
  const base = path.resolve(root, name);
  return ["", ".js", ".mjs", ".cjs", ".ts"].map((end) => base + end).find((file) => path.extname(file) && existsSync(file));
}

// Each environment has the user's modules anew; packages stay loaded.
let generation = 0;

function forgetModules() {
  generation += 1;
  const cache = module.createRequire(path.join(root, "index.js")).cache;
  for (const file of Object.keys(cache)) {
    if (!file.includes(`${path.sep}node_modules${path.sep}`)) delete cache[file];
  }
}

// packages.mjs hands the number on to whatever the file imports.
function urlOf(file) {
  const url = pathToFileURL(file).href;
  return generation ? `${url}?keywheel=${generation}` : url;
}

async function load(name) {
  const at = name.lastIndexOf(".");
  const split = name.indexOf(".", name.lastIndexOf("/") + 1);
  if (at < 1) {
    throw failureOf("Runtime.MalformedHandlerName", "Bad handler");
  }
  const wanted = name.slice(0, split);
  const members = name.slice(split + 1).split(".");
  const file = fileOf(wanted);
  if (!file) {
    throw failureOf("Runtime.ImportModuleError", `Error: Cannot find module '${wanted}'`);
  }
  let loaded;
  try {
    loaded = /\.(mjs|ts)$/.test(file) ? await import(urlOf(file)) : await imported(file);
  } catch (error) {
    const type = error instanceof SyntaxError ? "Runtime.UserCodeSyntaxError" : "Runtime.ImportModuleError";
    const isMissing = ["MODULE_NOT_FOUND", "ERR_MODULE_NOT_FOUND"].includes(error?.code);
    throw isMissing || error instanceof SyntaxError ? failureOf(type, String(error)) : described(error);
  }
  const handler = members.reduce((value, member) => value?.[member], loaded);
  if (typeof handler !== "function") {
    throw failureOf("Runtime.HandlerNotFound", `${name} is undefined or not exported`);
  }
  return handler;
}

async function imported(file) {
  try {
    return module.createRequire(file)(file);
  } catch (error) {
    if (error?.code !== "ERR_REQUIRE_ESM") throw error;
    return import(urlOf(file));
  }
}

function contextOf(headers) {
  const deadline = Number(headers["lambda-runtime-deadline-ms"]);
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    awsRequestId: headers["lambda-runtime-aws-request-id"],
    clientContext: JSON.parse(headers["lambda-runtime-client-context"] ?? "null") ?? undefined,
    getRemainingTimeInMillis: () => Math.max(deadline - Date.now(), 0),
  };
}

// Handlers return a promise, or call back.
function call(handler, event, context) {
  return new Promise((resolve, reject) => {
    const back = (error, value) => (error ? reject(error) : resolve(value));
    const returned = handler(event, context, back);
    if (typeof returned?.then === "function") {
      returned.then(resolve, reject);
    } else if (handler.length < 3) {
      resolve(returned);
    }
  });
}

// Runs events until there are no more.
async function serve(handler) {
  for (;;) {
    const event = await request("GET", "invocation/next");
    if (event.status === 410) return;
    await answer(handler, event);
  }
}

async function makeEnvironments(handler) {
  const variables = { ...process.env };
  for (;;) {
    await request("GET", "environment/next");
    await serve(handler);
    process.env = { ...variables };
    forgetModules();
    handler = await load(process.env._HANDLER);
  }
}

async function answer(handler, { headers, body }) {
  requestId = headers["lambda-runtime-aws-request-id"];
  process.env._X_AMZN_TRACE_ID = headers["lambda-runtime-trace-id"];
  try {
    const value = await call(handler, JSON.parse(body.toString()), contextOf(headers));
    await request("POST", `invocation/${requestId}/response`, JSON.stringify(value === undefined ? null : value));
  } catch (error) {
    const failure = described(error);
    console.error("Invoke Error", JSON.stringify(failure));
    await request("POST", `invocation/${requestId}/error`, JSON.stringify(failure));
  }
}

function installedClient() {
  try {
    const bin = module.createRequire(path.join(root, "index.js")).resolve("aws-lambda-ric/package.json");
    return path.join(path.dirname(bin), "bin", "index.mjs");
  } catch {
    return undefined;
  }
}

async function main() {
  const prepares = process.env.KEYWHEEL_PREPARES;
  delete process.env.KEYWHEEL_PREPARES;
  const client = installedClient();
  if (client && !prepares) {
    const ended = spawnSync(process.execPath, [client, process.env._HANDLER], { stdio: "inherit" });
    process.exit(ended.status ?? 1);
  }
  setUpLogging();
  // Node.js knows it since 18.19.
  module.register?.("./packages.mjs", import.meta.url);
  let handler;
  try {
    handler = await load(process.env._HANDLER);
  } catch (failure) {
    console.error("Uncaught Exception", JSON.stringify(failure));
    await request("POST", "init/error", JSON.stringify(failure));
    process.exit(1);
  }
  await (prepares ? makeEnvironments(handler) : serve(handler));
}

await main();
