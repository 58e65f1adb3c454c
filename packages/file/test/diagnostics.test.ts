import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { rmSync, statSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import {
  channels,
  fromFd,
  logDestination,
  open,
  rotating,
  type FileCloseEvent,
  type FileErrorEvent,
  type FileEvent,
  type FileRotateEvent,
} from "@aw/file";
import { temporaryFolder } from "@aw/testing/vitest";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const folder = temporaryFolder();

let events: [string, FileEvent][] = [];
const listeners = Object.values(channels).map(({ name }) => ({
  name: String(name),
  listener: (event: unknown) => void events.push([String(name), event as FileEvent]),
}));
beforeEach(() => {
  events = [];
  for (const { name, listener } of listeners) subscribe(name, listener);
});
afterEach(() => listeners.forEach(({ name, listener }) => void unsubscribe(name, listener)));

const kinds = () => events.map(([kind]) => kind);
const last = (kind: string) => events.findLast(([each]) => each === `aw:file:${kind}`)?.[1];
const lastClose = () => last("close") as FileCloseEvent;
/** Until what was dropped is closed. */
async function closed(): Promise<FileCloseEvent> {
  while (last("close") === undefined) await new Promise((resolve) => setImmediate(resolve));
  return lastClose();
}

it("names its channels as the other packages do", () => {
  const names = Object.values(channels).map(({ name }) => name);
  expect(names).toEqual(["aw:file:open", "aw:file:error", "aw:file:close", "aw:file:rotate"]);
});

describe.each(["sync", "async"] as const)("diagnostics, %s", (io) => {
  it("open and close, with what the system took, whichever way it was written", async () => {
    const path = folder.at("file");
    const out = await open(path, { io, flags: "a" });
    expect(events).toEqual([["aw:file:open", { name: `file ${path}` }]]);
    await out.writeAll("by turns\n");
    await out.flush();
    await out.writeAll(new Uint8Array(200_000).fill(10));
    out.flushSync();
    void out.writeAll("in flight\n".repeat(100_000));
    out.flushSync();
    await out.close();
    expect(kinds()).toEqual(["aw:file:open", "aw:file:close"]);
    const { name, duration, bytesWritten, error } = lastClose();
    expect({ name, error }).toEqual({ name: `file ${path}`, error: undefined });
    expect(bytesWritten).toBe(statSync(path).size);
    expect(duration).toBeGreaterThan(0);
  });

  it("an abort: the error, then the close once nothing uses the descriptor", async () => {
    const out = await open(folder.at("file"), { io, atomic: true });
    await out.writeAll("lost");
    out.abort("no more");
    const { error, bytesWritten } = await closed();
    expect(kinds()).toEqual(["aw:file:open", "aw:file:error", "aw:file:close"]);
    expect(error).toMatchObject({ code: "ERR_AW_ABORTED", cause: "no more" });
    expect(last("error")).toEqual({ name: String(out), error, linesLost: 0 });
    expect(bytesWritten).toBe(0);
  });

  it("a file that can't be opened", async () => {
    const path = folder.at("none/file");
    const error: unknown = await open(path, { io }).catch((failure: unknown) => failure);
    expect(events).toEqual([["aw:file:error", { name: `file ${path}`, error, linesLost: 0 }]]);
    const second: unknown = await rotating(path, { io, maxBytes: 1 }).catch((why: unknown) => why);
    expect(last("error")).toEqual({ name: `rotating ${path}`, error: second, linesLost: 0 });
  });

  it("rotations, and the bytes of all files of the log", async () => {
    const path = folder.at("log");
    const log = await rotating(path, { io, maxBytes: 10 });
    for (const line of ["one\n", "two, long\n", "three\n"]) {
      await log.writeAll(line);
      await log.flush();
    }
    await log.close();
    const rotations = events.filter(([kind]) => kind === "aw:file:rotate");
    expect(rotations.map(([, event]) => (event as FileRotateEvent).bytes)).toEqual([4, 10]);
    const { name, path: old, begun, duration } = last("rotate") as FileRotateEvent;
    expect({ name, old }).toEqual({ name: String(log), old: `${path}.1` });
    expect(begun).toBeInstanceOf(Date);
    expect(duration).toBeGreaterThan(0);
    expect(lastClose().bytesWritten).toBe(20);
  });

  it("a log that can't be written: the outage, and how many lines it cost", async () => {
    await mkdir(folder.at("logs"));
    const onError = () => {};
    const log = await rotating(folder.at("logs/log"), { io, maxBytes: 10, lock: false, onError });
    await log.writeAll("before\n");
    await log.flush();
    await rm(folder.at("logs"), { recursive: true });
    log.writeSync("one\n".repeat(3));
    log.flushSync();
    expect(last("error")).toMatchObject({
      name: String(log),
      error: { code: "ERR_AW_IO" },
      linesLost: 0,
    });
    await expect(log.close()).rejects.toMatchObject({ code: "ERR_AW_IO" });
    const lost = events.map(([, event]) => (event as FileErrorEvent).linesLost ?? 0);
    expect(lost.reduce((sum, each) => sum + each)).toBe(3);
    expect((await closed()).bytesWritten).toBe(7);
  });
});

it("pino's destinations and descriptors as well", async () => {
  const path = folder.at("log");
  const out = await open(path, { flags: "a" });
  const destination = logDestination(out);
  destination.write("line\n");
  await new Promise<void>((resolve) => destination.end(() => resolve()));
  rmSync(path);
  expect(lastClose()).toMatchObject({ name: String(out), bytesWritten: 5 });
  const sink = fromFd(1, { closeFd: false });
  await sink.close();
  expect(lastClose()).toMatchObject({ name: "fd 1", bytesWritten: 0 });
});
