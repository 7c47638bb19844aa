// What Lambda brings along is found by `import` as it is by `require`: where NODE_PATH says. The
// number of an environment is handed on to the user's own modules, so that each has them anew.

import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(import.meta.url);
const folders = (process.env.NODE_PATH ?? "").split(path.delimiter).filter(Boolean);
const isBare = (name) => !/^(\.|\/|[a-z]+:)/.test(name);

export async function resolve(name, context, next) {
  const found = await find(name, context, next);
  const number = context.parentURL?.match(/\?keywheel=\d+$/)?.[0];
  const isOwn = found.url.startsWith("file:") && !/\/node_modules\/|\?/.test(found.url);
  return number && isOwn ? { ...found, url: found.url + number } : found;
}

async function find(name, context, next) {
  try {
    return await next(name, context);
  } catch (error) {
    if (error?.code !== "ERR_MODULE_NOT_FOUND" || !isBare(name)) throw error;
    for (const folder of folders) {
      const parentURL = pathToFileURL(path.join(folder, "..", "any.mjs")).href;
      try {
        return await next(name, { ...context, parentURL });
      } catch {
        // The next folder may have it.
      }
    }
    try {
      return { url: pathToFileURL(require.resolve(name)).href, shortCircuit: true };
    } catch {
      throw error;
    }
  }
}
