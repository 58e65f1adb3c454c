import { execFile } from "node:child_process";
import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { createGunzip } from "node:zlib";
import { expect, it } from "vitest";
import { sendCsv, type Row } from "../src/csv-response.ts";
import { httpServer } from "./http-server.ts";

/** Serves one export. `outcome` is how `sendCsv` ended. */
async function serve(
  cursor: AsyncIterable<Row>,
): Promise<{ url: string; outcome: Promise<unknown> }> {
  const { promise: outcome, resolve } = Promise.withResolvers<unknown>();
  const url = await httpServer((_request, response) => {
    sendCsv(response, cursor).then(() => resolve("complete"), resolve);
  });
  return { url, outcome };
}

async function request(url: string): Promise<IncomingMessage> {
  const [response] = (await once(get(url), "response")) as [IncomingMessage];
  return response;
}

it("quotes what must be quoted, for curl to decode", async () => {
  async function* rows(): AsyncGenerator<Row> {
    yield { id: 1, name: 'say "hi"', note: "a,b" };
    yield { id: 2, name: "two\nlines", note: null };
  }
  const { url, outcome } = await serve(rows());
  const { stdout } = await promisify(execFile)("curl", ["-s", "--compressed", url]);
  expect(stdout).toBe('id,name,note\r\n1,"say ""hi""","a,b"\r\n2,"two\nlines",\r\n');
  expect(await outcome).toBe("complete");
});

it("shows the client each batch while the next one is awaited", async () => {
  let next = Promise.withResolvers<void>();
  async function* rows(): AsyncGenerator<Row> {
    for (let batch = 0; batch < 3; batch++) {
      yield { batch };
      await next.promise;
      next = Promise.withResolvers();
    }
  }
  const { url, outcome } = await serve(rows());
  const plain = (await request(url)).pipe(createGunzip()).setEncoding("utf8");
  let text = "";
  for await (const chunk of plain) {
    text += chunk as string;
    // Only what the client has seen lets the cursor go on.
    if (text.endsWith("\r\n")) next.resolve();
  }
  expect(text).toBe("batch\r\n0\r\n1\r\n2\r\n");
  expect(await outcome).toBe("complete");
});

it("cuts the response off when the cursor fails, so that it does not look complete", async () => {
  const failure = new Error("the database is gone");
  async function* rows(): AsyncGenerator<Row> {
    yield { id: 1 };
    throw failure;
  }
  const { url, outcome } = await serve(rows());
  await expect(fetch(url).then((response) => response.text())).rejects.toThrow();
  expect(await outcome).toBe(failure);
});

it("closes the cursor when the client goes away, without fetching all", async () => {
  const closed = Promise.withResolvers<void>();
  async function* rows(): AsyncGenerator<Row> {
    try {
      for (let id = 0; ; id++) yield { id, noise: Math.random() };
    } finally {
      closed.resolve();
    }
  }
  const { url, outcome } = await serve(rows());
  const response = await request(url);
  await once(response, "readable");
  response.destroy();
  expect(await outcome).toMatchObject({ code: "ERR_AW_BROKEN_PIPE" });
  await closed.promise;
});
