import { getEventListeners } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { connect } from "@aw/tcp";
import { temporaryFolder } from "@aw/testing/vitest";
import { afterEach, describe, expect, it, vi } from "vitest";
import { holds } from "../holds.ts";
import { brokenPipe, restoreStandardOutput, standardOutputIs } from "../standard-output.ts";

const folder = temporaryFolder();
const shown = () => readFileSync(folder.at("shown"), "utf8");

let fd = -1;
let server: Server | undefined;
let peer: Socket | undefined;

afterEach(() => {
  vi.useRealTimers();
  peer?.destroy();
  server?.close();
  closeSync(fd);
  restoreStandardOutput();
});

/** What a peer answers to standard output, which is the file "shown" unless it is given. */
async function answering(output = openSync(folder.at("shown"), "w")) {
  fd = output;
  standardOutputIs(fd);
  const { Answer } = await import("../../src/ends/answer.ts");
  const waiting = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
  server = waiting;
  const accepted = new Promise<Socket>((resolve) => waiting.once("connection", resolve));
  await new Promise((resolve) => waiting.once("listening", resolve));
  const { port } = waiting.address() as AddressInfo;
  const connection = await connect({ host: "127.0.0.1", port });
  const socket = await accepted;
  peer = socket;
  const reset = new Promise<unknown>((resolve) => socket.on("error", resolve));
  return { answer: new Answer(connection), peer: socket, connection, reset };
}

const never = () => new AbortController().signal;

describe("what the peer says", () => {
  it("is on standard output when it has ended, and the signal is forgotten", async () => {
    const { answer, peer: other } = await answering();
    const signal = never();
    const ended = answer.ended(signal, undefined);
    other.end("received");
    await ended;
    expect([shown(), getEventListeners(signal, "abort").length]).toEqual(["received", 0]);
  });

  it("is shown while we still send", async () => {
    const { answer, peer: other } = await answering();
    other.write("so far");
    await holds(folder.at("shown"), "so far");
    other.end(", so good");
    await answer.ended(never(), undefined);
    expect(shown()).toBe("so far, so good");
  });
});

describe("a peer that does not end", () => {
  it("is given up when a signal fires, for its reason", async () => {
    const { answer, reset } = await answering();
    const stop = new AbortController();
    const ended = answer.ended(stop.signal, undefined);
    const reason = new Error("enough");
    stop.abort(reason);
    await expect(ended).rejects.toBe(reason);
    expect(getEventListeners(stop.signal, "abort")).toEqual([]);
    expect(await reset).toMatchObject({ code: "ECONNRESET" });
  });

  it("is not waited for if a signal has fired", async () => {
    const { answer, reset } = await answering();
    const reason = new Error("not now");
    await expect(answer.ended(AbortSignal.abort(reason), undefined)).rejects.toBe(reason);
    expect(await reset).toMatchObject({ code: "ECONNRESET" });
  });

  it("has its time again with each part of its answer", async () => {
    const { answer, peer: other } = await answering();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    let isOver = false;
    const ended = answer.ended(never(), 1000).finally(() => (isOver = true));
    let all = "";
    for (const part of ["one ", "two ", "three"]) {
      vi.advanceTimersByTime(900);
      other.write(part);
      await holds(folder.at("shown"), (all += part));
    }
    expect(isOver).toBe(false);
    other.end();
    await ended;
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is given up when its time is over", async () => {
    const { answer, reset } = await answering();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const ended = answer.ended(never(), 1000);
    vi.advanceTimersByTime(1000);
    await expect(ended).rejects.toMatchObject({ code: "ERR_AW_TIMEOUT" });
    expect(await reset).toMatchObject({ code: "ECONNRESET" });
  });
});

it("an answer that nobody reads aborts the connection, and ends with the status of SIGPIPE", async () => {
  const { answer, peer: other, connection, reset } = await answering(brokenPipe(folder.at("pipe")));
  other.write("received");
  expect(await reset).toMatchObject({ code: "ECONNRESET" });
  expect(connection.state).toBe("failed");
  await expect(answer.ended(never(), undefined)).rejects.toMatchObject({ status: 141 });
});
