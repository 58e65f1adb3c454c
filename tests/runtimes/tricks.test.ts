import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { selfSigned } from "@aw/testing";
import { describe, it } from "vitest";
import { binaries } from "./binaries.ts";

// What relies on how Node does something, and not only on what it documents: each such place is a file that
// says what to do when one of these fails.

const runtimes = [
  { name: "this Node", path: process.execPath },
  { name: "Node 22", path: binaries.node22 },
  { name: "Node 26", path: binaries.node26 },
].filter(({ path }) => path !== "");

const tricks = {
  "end-of-socket": "tells a reset that comes with data from an end",
  "reset-socket": "resets a socket, also while it sends its end",
  "shared-reads": "reads sockets into memory that they share",
  "took-all-at-once": "knows when the kernel has all of a write",
  cut: "tells a TLS stream that was cut from one that ended",
  "free-sent": "frees encrypted blocks that were sent, and none that are needed",
  "handshake-context": "knows which handshake of many an event of the server is about",
};

describe.each(runtimes)("$name", async ({ path }) => {
  const { cert, key } = await selfSigned("localhost");

  it.each(Object.entries(tricks))("%s: %s", (trick) => {
    const program = join(import.meta.dirname, "tricks", `${trick}.ts`);
    execFileSync(path, ["--conditions=@aw/source", program, cert, key], { stdio: "pipe" });
  });
});
