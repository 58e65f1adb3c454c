import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Competitor } from "../../src/competitor.ts";
import { nativeServe } from "../../src/native-serve.ts";
import { nativeFile, nativeSend } from "../../src/native.ts";
import { CACHE, CRATES, hasCommand } from "../../src/programs.ts";
import type { ProxyWay, ServeWay } from "../../src/ways.ts";

const TARGET: string = join(CACHE, "tokio");
const program = (): string => join(TARGET, "release/limits");

/** `cargo` does nothing if nothing has changed. */
function build(): void {
  const args = ["build", "--release", "--quiet", "--target-dir", TARGET];
  execFileSync("cargo", args, { cwd: import.meta.dirname, stdio: "pipe" });
}

const serve =
  (way: string): ServeWay =>
  () =>
    nativeServe(program, "serve", way);

const proxy =
  (way: string): ProxyWay =>
  ({ port }) =>
    nativeServe(program, "serve", way, `${port}`);

const serveEcho: Record<string, ServeWay> = {
  copy_buf: serve("copy_buf"),
  "read, write_all": serve("read, write_all"),
};

/** A limit: what the same design reaches in Rust. */
export const competitor: Competitor = {
  countsHeap: false,
  prepare: (quickly) => {
    if (quickly && !existsSync(program())) return "not built yet";
    if (!hasCommand("cargo")) return "needs cargo";
    if (!existsSync(CRATES)) return "needs librust-tokio-dev of Debian";
    build();
    return undefined;
  },
  ways: {
    tcp: { BufWriter: nativeSend(program) },
    "serve-echo": serveEcho,
    "serve-messages": { "BufReader, BufWriter": serve("messages") },
    proxy: {
      "two copy_buf": proxy("two copy_buf"),
      copy_bidirectional: proxy("copy_bidirectional"),
    },
    accept: serveEcho,
    file: { BufWriter: nativeFile(program) },
  },
};
