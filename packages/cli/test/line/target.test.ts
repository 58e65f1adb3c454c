import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { parseListener } from "../../src/ends/listen.ts";
import { formatAddress, hostOf, isAddress, parseTarget } from "../../src/line/target.ts";

describe("a target", () => {
  it.each([
    ["-", { kind: "stdio" }],
    ["out", { kind: "file", path: "out" }],
    ["./host:9000", { kind: "file", path: "./host:9000" }],
    ["folder/host:9000", { kind: "file", path: "folder/host:9000" }],
    ["folder/unix:x", { kind: "file", path: "folder/unix:x" }],
    ["folder/file:x", { kind: "file", path: "folder/file:x" }],
    ["file:folder/file://x", { kind: "file", path: "folder/file://x" }],
    ["file:host:9000", { kind: "file", path: "host:9000" }],
    ["FILE:out", { kind: "file", path: "out" }],
    ["file:%41", { kind: "file", path: "%41" }],
    ["file:///tmp/%41%20b", { kind: "file", path: "/tmp/A b" }],
    ["C:\\out", { kind: "file", path: "C:\\out" }],
    ["c:/out", { kind: "file", path: "c:/out" }],
    ["123456", { kind: "file", path: "123456" }],
    ["out9000", { kind: "file", path: "out9000" }],
    ["unix:/run/socket", { kind: "unix", path: "/run/socket" }],
    ["unix:///run/socket", { kind: "unix", path: "/run/socket" }],
    ["UNIX:socket", { kind: "unix", path: "socket" }],
    ["tcp://host:9000", { kind: "tcp", host: "host", port: 9000 }],
    ["TCP://host:9000/", { kind: "tcp", host: "host", port: 9000 }],
    ["tcp://[::1]:0", { kind: "tcp", host: "::1", port: 0 }],
    ["tls://127.0.0.1:443", { kind: "tls", host: "127.0.0.1", port: 443 }],
    ["ws://host/path?query", { kind: "ws", url: new URL("ws://host/path?query") }],
    ["wss://host", { kind: "wss", url: new URL("wss://host") }],
  ])("%s", (text, target) => {
    expect(parseTarget(text)).toEqual(target);
  });

  it.each([
    ["", "an empty target"],
    ["unix:", "a path is needed"],
    ["unix://", "a path is needed"],
    ["file:", "a path is needed"],
    ["file://host/path", "file://host/path: "],
    ["http://host/", "http: is not known"],
    ["my.scheme+x-1://host/", "my.scheme+x-1: is not known"],
    ["tcp://host", "tcp://host:port is needed, and nothing else"],
    ["tcp://host:9000/path", "tcp://host:port is needed"],
    ["tcp://host:9000?query", "tcp://host:port is needed"],
    ["tcp://host:9000#fragment", "tcp://host:port is needed"],
    ["tcp://user@host:9000", "tcp://host:port is needed"],
    ["tls://:password@host:9000", "tls://host:port is needed"],
    ["tcp://host:65536", "not a URL"],
    ["ws://", "not a URL"],
    ["tcp:host:9000", "write tcp://host:9000; for a file of this name, ./tcp:host:9000"],
    ["WSS:host/x", "write wss://host/x"],
    ["::1", "write tcp://host:port"],
    ["127.0.0.1", "write tcp://host:port"],
    ["9000", "write tcp://host:port"],
    ["65535", "write tcp://host:port"],
    ["host:9000", "to connect, write tcp://host:9000 or another scheme"],
    ["host:9000/path", "write tcp://host:9000/path or"],
    ["host:name", "write tcp://host:port or"],
    ["host:123456", "write tcp://host:port or"],
    [":9000", "write tcp://host:port or"],
    ["cc:/out", "write tcp://host:port or"],
    ["scheme:9000x://out", "write tcp://host:port or"],
  ])("%j is refused", (text, message) => {
    expect(() => parseTarget(text)).toThrow(
      expect.objectContaining({
        code: "ERR_AW_INVALID_ARGUMENT",
        message: expect.stringContaining(message) as string,
      }),
    );
  });

  it("that is a URL of a file is its path", () => {
    expect(parseTarget(pathToFileURL("/tmp/ä:b").href)).toEqual({ kind: "file", path: "/tmp/ä:b" });
  });
});

it.each([
  ["tcp://x", true],
  ["TLS://x", true],
  ["ws://x", true],
  ["wss://x", true],
  ["unix:x", true],
  ["tcp:x", false],
  ["wsss://x", false],
  ["x tcp://x", false],
  ["x/unix:x", false],
  ["file:///x", false],
])("whether %s is an address: %s", (text, expected) => {
  expect(isAddress(text)).toBe(expected);
});

it("an address has the host in brackets where it needs them", () => {
  expect(formatAddress("tcp", "::1", 9000)).toBe("tcp://[::1]:9000");
  expect(formatAddress("tls", "127.0.0.1", 1)).toBe("tls://127.0.0.1:1");
  expect(hostOf(new URL("ws://[::1]:9000"))).toBe("::1");
  expect(hostOf(new URL("ws://host:9000"))).toBe("host");
});

it.each([
  "-",
  "out",
  "file:out",
  "ws://user@host",
  "ws://:password@host",
  "ws://host?query",
  "ws://host#part",
])("%s is no listener", (text) => {
  const refused = expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }) as Error;
  expect(() => parseListener(text)).toThrow(refused);
});
