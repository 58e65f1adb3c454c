import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { connect as connectWebSocket } from "@aw/websocket";
import { describe, expect, it, onTestFinished } from "vitest";
import { receiptOf } from "../src/compositions/receipt-of.ts";
import type { Relay } from "../src/relay.ts";
import { relays } from "./start-relay.ts";

const { folder, start } = relays();

/** Connects, and gathers what comes back, and how it ends. */
function dial(relay: Relay): { socket: Socket; ended: Promise<string> } {
  const socket = connect(Number(new URL(relay.addressOf("tcp")).port), "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  let text = "";
  socket.on("data", (data) => (text += String(data)));
  socket.on("error", (error: NodeJS.ErrnoException) => (text += `${error.code}`));
  const ended = new Promise<string>((resolve) => socket.on("close", () => resolve(text)));
  return { socket, ended };
}

describe("limits", () => {
  it("end an upload that takes too long, and say so", async () => {
    const relay = await start({ limits: { maxSeconds: 0.05 } });
    const { socket, ended } = dial(relay);
    socket.write("and then nothing");
    await once(socket, "data");
    socket.end();
    expect(await ended).toMatch(/^\{"error":"ERR_AW_TIMEOUT"/);
    expect(await readdir(folder.at("data/uploads"))).toEqual([]);
  });

  it("end a connection that is silent", async () => {
    const relay = await start({ limits: { idleSeconds: 0.05 } });
    const { socket, ended } = dial(relay);
    socket.write("and then nothing");
    expect(await ended).toContain("ECONNRESET");
    while ((await readdir(folder.at("data/uploads"))).length > 0);
  });

  it("refuse more connections than are allowed", async () => {
    const relay = await start({ limits: { maxConnections: 1 } });
    const first = dial(relay);
    first.socket.write("x");
    while (relay.transfers.open.size === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(await dial(relay).ended).toContain("ECONNRESET");
    first.socket.end();
    expect(await first.ended).toContain('"bytes":1');
  });

  it("hold each upload to a rate", async () => {
    const relay = await start({ limits: { bytesPerSecond: 50_000 } });
    dial(relay).socket.write("enough to know that it is not compressed");
    const layersOf = (): string[] =>
      relay.feed.snapshot().transfers.flatMap(({ layers }) => layers.map(({ name }) => name));
    while (layersOf().length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(layersOf()).toContain("throttle(50000 B/s)");
  });
});

describe("a token", () => {
  const token = "0123456789abcdef";

  it("opens a WebSocket by the query, as pages need it", async () => {
    const relay = await start({ access: { tokens: [token] } });
    const url = `${relay.addressOf("websocket")}x`;
    const refused = connectWebSocket(url, { halfClose: true });
    await expect(refused).rejects.toMatchObject({ cause: { status: 401 } });
    await using socket = await connectWebSocket(`${url}?token=${token}`, { halfClose: true });
    await socket.writeAll("let in");
    await socket.close();
    expect(await receiptOf(socket)).toMatchObject({ bytes: 6 });
  });
});
