import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Competitor } from "../../src/competitor.ts";
import { nativeFile, nativeSend } from "../../src/native.ts";
import { CACHE, CRATES, hasCommand } from "../../src/programs.ts";

const TARGET: string = join(CACHE, "tokio");
const program = (): string => join(TARGET, "release/limits");

/** `cargo` does nothing if nothing has changed. */
function build(): void {
  const args = ["build", "--release", "--quiet", "--target-dir", TARGET];
  execFileSync("cargo", args, { cwd: import.meta.dirname, stdio: "pipe" });
}

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
    file: { BufWriter: nativeFile(program) },
  },
};
