#!/usr/bin/env node
// `npx keywheel`: the command, with its exit code or signal.

import { spawn } from "node:child_process";
import { constants } from "node:os";

import { binary } from "./binary.js";

let path;
try {
  path = binary();
} catch (error) {
  console.error(error.message);
  process.exit(2);
}
const child = spawn(path, process.argv.slice(2), { stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  // The command ends in its own way.
  process.on(signal, () => child.kill(signal));
}
child.on("error", (error) => {
  console.error(`cannot run ${path}: ${error.message}`);
  process.exit(70);
});
child.on("exit", (code, signal) => {
  process.exit(code ?? 128 + (constants.signals[signal] ?? 0));
});
