// Packs the npm packages: `node pack.mjs BINARY [PLATFORM] [FOLDER]` makes the package of a platform
// around a binary, and the main package, as tarballs in a folder.

import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const [binary, platform = `${process.platform}-${process.arch}`, folder = "target/npm"] =
  process.argv.slice(2);
const main = fileURLToPath(new URL("./keywheel", import.meta.url));
const { version, license, optionalDependencies } = JSON.parse(
  readFileSync(join(main, "package.json"), "utf8"),
);
const name = `@keywheel/${platform}`;
if (!binary || optionalDependencies[name] !== version) {
  console.error(`usage: node pack.mjs BINARY [PLATFORM] [FOLDER]; there is no ${name} ${version}`);
  process.exit(2);
}
const out = resolve(folder);
mkdirSync(out, { recursive: true });
const pack = (from) =>
  execFileSync("npm", ["pack", "--silent", "--pack-destination", out, from], { stdio: "inherit" });

const made = mkdtempSync(join(tmpdir(), "keywheel-npm-"));
try {
  const [os, cpu] = platform.split("-");
  const file = os === "win32" ? "keywheel.exe" : "keywheel";
  copyFileSync(binary, join(made, file));
  chmodSync(join(made, file), 0o755);
  const description = `The keywheel command for ${platform}`;
  const manifest = { name, version, description, license, os: [os], cpu: [cpu], files: [file] };
  writeFileSync(join(made, "package.json"), JSON.stringify(manifest, null, 2));
  pack(made);
} finally {
  rmSync(made, { recursive: true });
}
pack(main);
