import { EventEmitter } from "node:events";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import type * as net from "node:net";
import { join } from "node:path";
import { temporaryFolder } from "@aw/testing/vitest";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  isListenedOn,
  listenForLife,
  removeSocket,
  SOCKET_NAME,
} from "../../src/replace/life-socket.ts";
import { descriptorsOf } from "../descriptors-of.ts";

/** What an attempt to connect, or to listen, fails with. */
const refused = vi.hoisted(() => ({ connect: undefined as string | undefined, listen: false }));
vi.mock("node:net", async (importOriginal) => {
  const original = await importOriginal<typeof net>();
  return {
    ...original,
    connect(path: string) {
      const { connect: code } = refused;
      if (code === undefined) return original.connect(path);
      const socket = Object.assign(new EventEmitter(), { destroy: () => {} });
      setImmediate(() => socket.emit("error", Object.assign(new Error(code), { code })));
      return socket;
    },
    createServer(listener: () => void) {
      const server = original.createServer(listener);
      if (refused.listen) {
        server.listen = () => {
          setImmediate(() => server.emit("error", new Error("EPERM")));
          return server;
        };
      }
      return server;
    },
  };
});
afterEach(() => {
  refused.connect = undefined;
  refused.listen = false;
});

const folder = temporaryFolder();

/** A folder whose path fits into the address of a socket, and one whose does not. */
const FOLDERS: [string, () => string][] = [
  ["a short path", () => folder.path],
  [
    "a long path",
    () => {
      const path = folder.at("long".repeat(30));
      mkdirSync(path, { recursive: true });
      return path;
    },
  ],
];

describe.each(FOLDERS)("a life, by %s", (_, make) => {
  it("is listened on until its end, and leaves nothing", async () => {
    const path = make();
    const life = await listenForLife(join(path, "out.lock"));
    if (life === undefined) throw new Error("no socket");
    expect(life.name).toMatch(SOCKET_NAME);
    expect(readdirSync(path)).toEqual(expect.arrayContaining([life.name]));
    expect(await isListenedOn(path, life.name)).toBe(true);
    life.end();
    expect(readdirSync(path)).not.toContain(life.name);
    // It was removed: one can't know.
    expect(await isListenedOn(path, life.name)).toBe(undefined);
    expect(descriptorsOf(path)).toBe(0);
  });

  it("is another one each time, and keeps no process from ending", async () => {
    const before = process.getActiveResourcesInfo().filter((name) => name.startsWith("Pipe"));
    const path = make();
    const lives = [await listenForLife(join(path, "a")), await listenForLife(join(path, "b"))];
    const [first, second] = lives.map((life) => life?.name);
    expect(first).not.toBe(second);
    const active = process.getActiveResourcesInfo().filter((name) => name.startsWith("Pipe"));
    expect(active).toEqual(before);
    for (const life of lives) life?.end();
    expect(descriptorsOf(path)).toBe(0);
  });

  it("is none where there can be no socket, and leaves nothing open", async () => {
    const path = make();
    refused.listen = true;
    expect(await listenForLife(join(path, "out.lock"))).toBe(undefined);
    expect(readdirSync(path).filter((name) => name.endsWith(".sock"))).toEqual([]);
    expect(descriptorsOf(path)).toBe(0);
  });

  it.each([
    // So many ask that they have to queue.
    ["EAGAIN", true],
    ["ECONNREFUSED", false],
    ["ENOENT", undefined],
    ["EACCES", undefined],
  ])("that answers %s is listened on: %s", async (code, expected) => {
    const path = make();
    refused.connect = code;
    expect(await isListenedOn(path, ".aw-000000000000.sock")).toBe(expected);
    expect(descriptorsOf(path)).toBe(0);
  });
});

it("holds a descriptor of the folder for a long path only, which elsewhere than on Linux is no way", async () => {
  const held = [];
  for (const [, make] of FOLDERS) {
    const path = make();
    const life = await listenForLife(join(path, "out.lock"));
    held.push(descriptorsOf(path));
    life?.end();
  }
  expect(held).toEqual([0, 1]);
});

it.each(["none", "none".repeat(40)])("a folder that is not there has none: %s", async (name) => {
  expect(await listenForLife(join(folder.path, name, "out.lock"))).toBe(undefined);
});

it("is removed if it is there, and nothing else is", () => {
  writeFileSync(folder.at("socket"), "");
  removeSocket(folder.path, "socket");
  removeSocket(folder.path, "socket");
  expect(readdirSync(folder.path)).toEqual([]);
});
