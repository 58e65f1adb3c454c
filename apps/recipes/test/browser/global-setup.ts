import { createHash } from "node:crypto";
import type { AddressInfo } from "node:net";
import { copy, inspect, sink, type Connection } from "@aw/core";
import { listen } from "@aw/websocket";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    uploadPort: number;
  }
}

/** The server that pages upload to: it answers each upload with its digest. */
export async function setup(project: TestProject): Promise<() => void> {
  const listener = await listen();
  void (async () => {
    for await (const connection of listener) receive(connection).catch(() => connection.abort());
  })();
  project.provide("uploadPort", (listener.address as AddressInfo).port);
  return () => listener.abort();
}

async function receive(connection: Connection): Promise<void> {
  const hash = createHash("sha256");
  await copy(
    connection.readable,
    inspect(sink(), (bytes) => hash.update(bytes)),
  );
  await connection.writeAll(hash.digest("hex"));
  await connection.close();
}
