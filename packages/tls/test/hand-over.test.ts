import { pipe, type Connection } from "@aw/core";
import { Authority } from "@aw/testing";
import { acceptor, client, server } from "@aw/tls";
import { afterAll, describe, expect, it } from "vitest";
import { connectionPair } from "./connection-pair.ts";

const authority = await Authority.create();
const credentials = await authority.issue("localhost", ["localhost"]);
const expected = { servername: "localhost", ca: authority.ca };
afterAll(() => authority.remove());

function overPipe(): [Connection, Connection] {
  return connectionPair(() => pipe({ capacity: 65_536 }));
}

/** What both say under TLS, to see that no byte is missing. */
async function talk(ours: Connection, theirs: Connection): Promise<void> {
  await ours.writeAll("a secret");
  await ours.close();
  expect(await theirs.reader.text()).toBe("a secret");
  await theirs.writeAll("another");
  await theirs.close();
  expect(await ours.reader.text()).toBe("another");
}

describe("a connection whose first bytes were read", () => {
  it("speaks TLS after a line that said so (STARTTLS), with the handshake right behind it", async () => {
    const [near, far] = overPipe();
    const serving = (async () => {
      expect(await far.reader.readLine()).toBe("STARTTLS");
      return acceptor(credentials).accept(far);
    })();
    await near.writeAll("STARTTLS\r\n");
    const [ours, theirs] = await Promise.all([client(near, expected), serving]);
    await talk(ours, theirs);
  });

  it("speaks TLS after an answer of one byte (SSLRequest)", async () => {
    const [near, far] = overPipe();
    const serving = (async () => {
      await far.reader.readExactly(8);
      await far.writeAll("S");
      return server(far, credentials);
    })();
    await near.writeAll(Uint8Array.of(0, 0, 0, 8, 4, 210, 22, 47));
    expect(await near.reader.readExactly(1)).toEqual(Uint8Array.of(83));
    const [ours, theirs] = await Promise.all([client(near, expected), serving]);
    await talk(ours, theirs);
  });

  it("gives TLS what was read too far, and given back", async () => {
    const [near, far] = overPipe();
    const connecting = (async () => {
      await near.writeAll("HEADER");
      return client(near, expected);
    })();
    await new Promise((resolve) => setImmediate(resolve));
    for await (const chunk of far.reader) {
      expect(chunk.length).toBeGreaterThan(6);
      far.reader.unread(chunk.subarray(6));
      break;
    }
    const [ours, theirs] = await Promise.all([connecting, server(far, credentials)]);
    await talk(ours, theirs);
  });

  it("belongs to TLS then: its own reader refuses", async () => {
    const [near, far] = overPipe();
    const [ours, theirs] = await Promise.all([client(near, expected), server(far, credentials)]);
    await expect(near.reader.read()).rejects.toMatchObject({
      code: "ERR_AW_PROTOCOL",
      message: expect.stringContaining("its stream is being read") as string,
    });
    await talk(ours, theirs);
  });
});
