import { describe, expect, it } from "vitest";
import { newLockText, parseLock } from "../../src/replace/lock-record.ts";
import { bootId, hostName, pidNamespace } from "../../src/replace/machine.ts";
import { ownStart } from "../../src/replace/process-life.ts";

const SOCKET = ".aw-0123456789ab.sock";
const TEXT = newLockText(SOCKET);
/** The text with some of it changed. */
const changed = (change: object) =>
  `${JSON.stringify({ ...(JSON.parse(TEXT) as object), ...change })}\n`;

describe("the text of a lock", () => {
  it.each([SOCKET, undefined])("says who holds it, with the socket %s", (socket) => {
    expect(parseLock(newLockText(socket))).toMatchObject({
      pid: process.pid,
      start: ownStart(),
      host: hostName(),
      boot: bootId(),
      namespace: pidNamespace(),
      ...(socket === undefined ? {} : { socket }),
    });
  });

  it("is another one each time", () => {
    expect(newLockText(SOCKET)).not.toBe(TEXT);
  });

  it("names the run of the kernel as the kernel does", () => {
    expect(bootId()).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(pidNamespace()).toMatch(/^pid:\[\d+\]$/);
  });
});

describe("what a power cut has left", () => {
  it.each(Array.from({ length: TEXT.length }, (_, length) => length))(
    "%i bytes are a torn one, with zeros behind it or not",
    (length) => {
      const part = TEXT.slice(0, length);
      for (const zeros of [0, 1, 100]) expect(parseLock(part + "\0".repeat(zeros))).toBe("torn");
    },
  );

  it("a whole one with zeros behind it is whole", () => {
    expect(parseLock(`${TEXT}\0\0\0`)).toMatchObject({ pid: process.pid });
  });

  it.each([
    `${TEXT.slice(0, 20)}\0\0\0${TEXT.slice(23)}`,
    '{"aw":"lock",}\n',
    '{"aw":"lock",\0}\n',
  ])("with a hole it is a torn one: %j", (text) => {
    expect(parseLock(text)).toBe("torn");
  });
});

describe("what another program has made", () => {
  it.each([
    "123\n",
    "\n",
    "x",
    '{"aw":"LOCK",',
    `x${TEXT}`,
    ` ${TEXT}`,
    "{}\n",
    "\0x",
    '{"aw":\0"lock",',
  ])("%j", (text) => {
    expect(parseLock(text)).toBe("foreign");
  });

  it.each([
    { pid: "1" },
    { pid: 1.5 },
    { pid: null },
    { start: 1 },
    { host: null },
    { boot: 1 },
    { namespace: undefined },
    { start: undefined, host: undefined, boot: undefined },
    // Such a file would be removed with the lock.
    { socket: "../file" },
    { socket: "precious" },
    { socket: `x${SOCKET}` },
    { socket: `${SOCKET}x` },
    { socket: 1 },
    { socket: null },
  ])("one that says %o", (change) => {
    expect(parseLock(changed(change))).toBe("foreign");
  });
});
