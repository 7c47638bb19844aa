// A running emulator, and what a test does with it.

import { spawn } from "node:child_process";

import { binary } from "./binary.js";

export { binary };

/** What the clock shows at first, so that every run of a test sees the same dates. */
const MOMENT = "2026-01-01T00:00:00Z";

const ADDRESS = /listening on (http:\/\/\S+)/;

/** How many characters of what the server writes are kept. */
const LOG_MAX = 100_000;

/** An emulator in a process of its own. */
export class Keywheel {
  #child;
  #log = "";
  #end = () => this.#child.kill();

  constructor(child, region) {
    this.#child = child;
    this.region = region;
    this.clock = new Clock(this);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text) => {
        this.#log = (this.#log + text).slice(-LOG_MAX);
      });
    }
    process.on("exit", this.#end);
  }

  /** Starts one: on the port if it is free, else on another. */
  static async start(options = {}) {
    const { port = 0 } = options;
    try {
      return await Keywheel.#startAt(port, options);
    } catch (error) {
      if (port === 0) throw error;
      return Keywheel.#startAt(0, options);
    }
  }

  static async #startAt(port, { seed = 1, clock = MOMENT, freeze = true, region = "us-east-1", args = [] }) {
    const words = ["serve", "--port", port, "--seed", seed, "--clock", clock, "--region", region];
    const child = spawn(binary(), [...words.map(String), ...(freeze ? ["--freeze"] : []), ...args], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const server = new Keywheel(child, region);
    server.url = await new Promise((resolve, reject) => {
      const look = () => {
        const found = ADDRESS.exec(server.#log);
        if (found) resolve(found[1]);
      };
      child.stdout.on("data", look);
      child.on("error", reject);
      child.on("close", () => reject(new Error(`keywheel serve did not start: ${server.#log.trim()}`)));
    });
    // A test runner ends although the server goes on: it is ended then.
    child.unref();
    child.stdout.unref?.();
    child.stderr.unref?.();
    return server;
  }

  /** The last of what the server and its functions wrote. */
  get log() {
    return this.#log;
  }

  /** The variables with which AWS SDKs and the AWS CLI call this server. */
  get environment() {
    return {
      AWS_ENDPOINT_URL: this.url,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_REGION: this.region,
      AWS_DEFAULT_REGION: this.region,
    };
  }

  /** What a client of the AWS SDK for JavaScript is made with. */
  get config() {
    return {
      endpoint: this.url,
      region: this.region,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    };
  }

  /** Begins again with nothing: no secret, no fault, the clock as at the start. */
  async reset() {
    await this.call("DELETE", "faults");
    await this.call("POST", "reset");
  }

  /** Waits until every rotation that has begun has ended. */
  async settle() {
    await this.clock.advance("0s");
  }

  /** Injects a fault; gives its row of `faults`. */
  async fault(at, kind, more = {}) {
    const { faults } = await this.call("POST", "faults", { at, kind, ...more });
    return faults.at(-1);
  }

  /** Every fault that was injected, with what it did. */
  async faults() {
    return (await this.call("GET", "faults")).faults;
  }

  /** What the server saw, in order: calls, with the fault that struck them, and events. */
  async journal(after = 0) {
    return (await this.call("GET", after ? `journal?after=${after}` : "journal")).entries;
  }

  /** Ends the server. */
  async stop() {
    process.off("exit", this.#end);
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.ref();
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill();
    await ended;
  }

  /** A request of the control plane, `/_keywheel/…`; an Error is what it says. */
  async call(method, path, body) {
    const response = await fetch(`${this.url}/_keywheel/${path}`, {
      method,
      headers: { "content-type": "application/json" },
      body: body && JSON.stringify(body),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.error ?? JSON.stringify(answer));
    return answer;
  }
}

/** The clock of a server: time goes by when a test says so. */
class Clock {
  #server;

  constructor(server) {
    this.#server = server;
  }

  async now() {
    return new Date((await this.#server.call("GET", "clock")).now);
  }

  /** Moves it on, such as by "31d"; rotations that become due have ended when it resolves. */
  async advance(span) {
    return this.#change({ advance: span });
  }

  async set(moment) {
    return this.#change({ set: moment });
  }

  async freeze() {
    return this.#change({ freeze: true });
  }

  async run() {
    return this.#change({ run: true });
  }

  async #change(change) {
    return new Date((await this.#server.call("POST", "clock", change)).now);
  }
}

/**
 * A server for the tests of a file, with nothing in it before each: `forTests({ before, after,
 * beforeEach })` with those of node:test, `forTests({ before: beforeAll, after: afterAll,
 * beforeEach })` with those of Jest and Vitest. What it gives is the server once the tests run.
 */
export function forTests({ before, after, beforeEach }, options = {}) {
  let server;
  before(async () => {
    server = await Keywheel.start(options);
  });
  beforeEach(async () => {
    await server.reset();
  });
  after(async () => {
    await server?.stop();
  });
  return new Proxy(
    {},
    {
      get(_, name) {
        if (!server) throw new Error("keywheel is there once the tests run, not before");
        const value = Reflect.get(server, name, server);
        return typeof value === "function" ? value.bind(server) : value;
      },
    },
  );
}
