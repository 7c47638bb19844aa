// Where the command is: in the package of this platform, which npm installs beside this one.

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** The path of the command; an Error says what to do where there is none. */
export function binary(platform = process.platform, arch = process.arch) {
  const given = process.env.KEYWHEEL_BINARY;
  if (given) {
    if (!existsSync(given)) throw new Error(`KEYWHEEL_BINARY=${given}: there is no such file`);
    return given;
  }
  const own = `@keywheel/${platform}-${arch}`;
  const { optionalDependencies } = JSON.parse(
    readFileSync(new URL("./package.json", import.meta.url), "utf8"),
  );
  const known = Object.keys(optionalDependencies);
  if (!known.includes(own)) {
    throw new Error(
      `keywheel has no package for ${platform}-${arch}, only ${known.join(", ")}: build it with ` +
        "`cargo install keywheel`, and set KEYWHEEL_BINARY to its path",
    );
  }
  try {
    return require.resolve(`${own}/${platform === "win32" ? "keywheel.exe" : "keywheel"}`);
  } catch {
    throw new Error(
      `${own} is not installed: npm leaves it out with --omit=optional, or where node_modules ` +
        "comes from another platform; run `npm install` here",
    );
  }
}
