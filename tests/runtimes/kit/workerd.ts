import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { basename, dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { Running } from "@aw/testing";
import { binaries } from "../binaries.ts";

/** A worker that answers requests on a port of this machine. */
export interface Worker {
  readonly port: number;
  /** What it answers to a request for `path`, however long that takes. */
  answer(path?: string): Promise<string>;
  stop(): void;
}

/**
 * Starts workerd, the runtime of Cloudflare's workers, with a module beside a bundle that it may import.
 *
 * @param flags compatibility flags. Without one neither Node's modules nor its globals are there
 */
export async function startWorker(
  bundle: string,
  module: string,
  flags: readonly string[] = [],
): Promise<Worker> {
  const folder = dirname(bundle);
  const name = basename(bundle, ".mjs");
  writeFileSync(join(folder, `${name}.worker.js`), module);
  const config = join(folder, `${name}.capnp`);
  writeFileSync(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [
      (name = "worker.js", esModule = embed "${name}.worker.js"),
      (name = "${basename(bundle)}", esModule = embed "${basename(bundle)}"),
    ],
    compatibilityDate = "2026-01-01",
    compatibilityFlags = ${JSON.stringify(flags)},
  ))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`,
  );
  const running = new Running(binaries.workerd, ["serve", config, "--control-fd=3"], {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  const control = running.child.stdio[3] as Readable;
  const started = await Promise.race([once(control, "data"), running.ended]);
  if (!Array.isArray(started)) throw new Error(`workerd: ${started.stderr}`);
  const { port } = JSON.parse(String(started[0])) as { port: number };
  return {
    port,
    answer: (path = "/") => answerOf(port, path),
    stop: () => void running.child.kill("SIGKILL"),
  };
}

/** `fetch` gives up after five minutes. */
async function answerOf(port: number, path: string): Promise<string> {
  const [response] = (await once(get({ host: "127.0.0.1", port, path }), "response")) as [
    IncomingMessage,
  ];
  return String(Buffer.concat(await response.toArray()));
}
