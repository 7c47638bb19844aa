/** The path of the command; an Error says what to do where there is none. */
export function binary(platform?: string, arch?: string): string;

export interface Options {
  /** A wish: where it is taken, a free one is used. 0, which is the default, takes a free one. */
  port?: number;
  seed?: number;
  /** What the clock shows at first: `real`, or a moment in RFC 3339. */
  clock?: string;
  /** Does the clock stand still until a test moves it? It does, unless this is false. */
  freeze?: boolean;
  region?: string;
  /** More options of `keywheel serve`. */
  args?: string[];
}

export interface Clock {
  now(): Promise<Date>;
  /** Moves it on, such as by "31d"; rotations that become due have ended when it resolves. */
  advance(span: string): Promise<Date>;
  /** Shows a moment in RFC 3339 from now on. */
  set(moment: string): Promise<Date>;
  freeze(): Promise<Date>;
  run(): Promise<Date>;
}

/** An emulator in a process of its own. */
export class Keywheel {
  private constructor();
  static start(options?: Options): Promise<Keywheel>;
  readonly url: string;
  readonly region: string;
  readonly clock: Clock;
  /** The last of what the server and its functions wrote. */
  readonly log: string;
  /** The variables with which AWS SDKs and the AWS CLI call this server. */
  readonly environment: Record<string, string>;
  /** What a client of the AWS SDK for JavaScript is made with. */
  readonly config: {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
  };
  /** Begins again with nothing: no secret, no fault, the clock as at the start. */
  reset(): Promise<void>;
  /** Waits until every rotation that has begun has ended. */
  settle(): Promise<void>;
  /** Injects a fault: `fault("createSecret/PutSecretValue#1", "answer-lost")`. */
  fault(at: string, kind: string, more?: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** Every fault that was injected, with what it did. */
  faults(): Promise<Record<string, unknown>[]>;
  /** What the server saw, in order: calls, with the fault that struck them, and events. */
  journal(after?: number): Promise<Record<string, unknown>[]>;
  /** A request of the control plane, `/_keywheel/…`. */
  call(method: string, path: string, body?: unknown): Promise<any>;
  stop(): Promise<void>;
}

type Hook = (hook: () => Promise<void>) => void;

/** A server for the tests of a file, with nothing in it before each. */
export function forTests(
  hooks: { before: Hook; after: Hook; beforeEach: Hook },
  options?: Options,
): Keywheel;
