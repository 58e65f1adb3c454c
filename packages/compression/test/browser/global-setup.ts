import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { memory } from "@aw/core";
import type { TestProject } from "vitest/node";
import { zstd } from "../../src/node/zstd.ts";
import type { ZstdOptions } from "../../src/zstd-options.ts";

declare module "vitest" {
  export interface ProvidedContext {
    zstdPort: number;
  }
}

/** A server whose answers are zstd, with the options that the query has as JSON. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? "/", "http://localhost");
    const options = JSON.parse(searchParams.get("options") ?? "{}") as ZstdOptions;
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Content-Encoding", "zstd");
    const target = memory();
    const out = zstd(target, options);
    void out
      .writeAll("some text ".repeat(1000))
      .then(() => out.close())
      .then(() => response.end(target.bytes()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  project.provide("zstdPort", (server.address() as AddressInfo).port);
  return async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
}
