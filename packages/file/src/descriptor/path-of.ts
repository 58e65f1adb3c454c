import { fileURLToPath } from "node:url";
import { AsyncWriteError } from "@aw/core";
import { describeValue, invalidArgument } from "@aw/core/implementor";

/**
 * The path of a file as a string, checked before anything is touched: a name that ends in a slash
 * would else become another one beside or inside it.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT`
 */
export function pathOf(what: string, path: string | URL): string {
  const name = path instanceof URL ? fromUrl(what, path) : path;
  if (typeof name !== "string" || name === "") {
    const given = describeValue(name);
    throw invalidArgument(`${what}: path must be a string or a file: URL, got ${given}`);
  }
  if (name.includes("\0")) throw invalidArgument(`${what}: a path has no NUL character`);
  // Elsewhere than on Windows a backslash is a character of a name like others.
  if (name.endsWith("/") || (process.platform === "win32" && name.endsWith("\\"))) {
    throw invalidArgument(`${what}: ${describeValue(name)} names a folder, not a file`);
  }
  return name;
}

function fromUrl(what: string, url: URL): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    const message = `${what}: ${(cause as Error).message}`;
    throw new AsyncWriteError("ERR_AW_INVALID_ARGUMENT", message, { cause });
  }
}
