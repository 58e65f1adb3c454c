import { lookup as resolve } from "node:dns";
import type { AddressInfo, LookupFunction } from "node:net";
import { connect, listen, type TcpConnection } from "@aw/tcp";
import { openResources, settled } from "@aw/testing";
import { afterEach, describe, expect, it } from "vitest";
import { silentPeer } from "./silent-peer.ts";
import { hasLoopbackNet, isLinux } from "./system.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** A resolver that knows one host, with these addresses. */
function host(...addresses: string[]): LookupFunction {
  return (_name, _options, done) =>
    done(
      null,
      addresses.map((address) => ({ address, family: 4 })),
    );
}

async function serving(): Promise<{ port: number; next: () => Promise<TcpConnection> }> {
  const listener = await listen();
  cleanups.push(() => listener.abort());
  const iterator = listener[Symbol.asyncIterator]();
  const next = async (): Promise<TcpConnection> =>
    ((await iterator.next()) as { value: TcpConnection }).value;
  return { port: (listener.address as AddressInfo).port, next };
}

async function freePort(): Promise<number> {
  await using listener = await listen();
  return (listener.address as AddressInfo).port;
}

const failure = (target: Parameters<typeof connect>[0], options: object = {}): Promise<unknown> =>
  connect(target, options).catch((error: unknown) => error);

describe("a host of several addresses", () => {
  it.runIf(hasLoopbackNet)(
    "is connected to where it answers: one refuses, the next does not",
    async () => {
      const { port } = await serving();
      const ours = await connect(
        { host: "logs", port },
        { lookup: host("127.0.0.2", "127.0.0.1") },
      );
      expect(ours.remoteAddress).toBe("127.0.0.1");
      expect(String(ours)).toBe(`tcp logs:${port}`);
      ours.abort();
    },
  );

  it.runIf(isLinux)(
    "is connected to where it answers: one is silent, the next is not",
    async () => {
      const { port } = await serving();
      const silent = await silentPeer("127.0.0.2", port);
      cleanups.push(silent.stop);
      const before = openResources();
      const ours = await connect(
        { host: "logs", port },
        { lookup: host("127.0.0.2", "127.0.0.1") },
      );
      expect(ours.remoteAddress).toBe("127.0.0.1");
      ours.abort();
      await settled(before);
    },
  );

  it.runIf(hasLoopbackNet)("refuses, if all do, with the message of one", async () => {
    const port = await freePort();
    expect(
      await failure({ host: "logs", port }, { lookup: host("127.0.0.2", "127.0.0.3") }),
    ).toMatchObject({
      code: "ERR_AW_CONNECT",
      message: `connect tcp logs:${port}: refused; is the server running?`,
      cause: { errors: [{ code: "ECONNREFUSED" }, { code: "ECONNREFUSED" }] },
    });
  });

  it.runIf(isLinux).each([
    ["the first", ["127.0.0.2", "127.0.0.3"]],
    ["the last", ["127.0.0.3", "127.0.0.2"]],
  ])("waits for the only one that answers, late: %s", async (_which, addresses) => {
    const slow = await silentPeer("127.0.0.2");
    cleanups.push(slow.stop);
    const before = openResources();
    // The other refuses; the slow one answers the second SYN, a second later.
    const options = { lookup: host(...addresses), attemptDelay: 10 };
    const connecting = connect({ host: "logs", port: slow.port }, options);
    slow.answer();
    const ours = await connecting;
    expect(ours.remoteAddress).toBe("127.0.0.2");
    ours.abort();
    await settled(before);
  });

  it.runIf(isLinux)(
    "fails by its timeout while one address refuses and another is silent",
    async () => {
      const silent = await silentPeer("127.0.0.2");
      cleanups.push(silent.stop);
      const before = openResources();
      const options = { lookup: host("127.0.0.2", "127.0.0.3"), timeout: 50, attemptDelay: 10 };
      expect(await failure({ host: "logs", port: silent.port }, options)).toMatchObject({
        code: "ERR_AW_TIMEOUT",
      });
      await settled(before);
    },
  );

  it.runIf(hasLoopbackNet)(
    "tries the families in turns, and only that of the local address",
    async () => {
      const { port } = await serving();
      const asked: unknown[] = [];
      const lookup: LookupFunction = (_name, options, done) => {
        asked.push(options);
        done(null, [
          { address: "::1", family: 6 },
          { address: "127.0.0.1", family: 4 },
        ]);
      };
      const ours = await connect({ host: "logs", port }, { lookup, localAddress: "127.0.0.9" });
      expect([ours.localAddress, asked]).toEqual(["127.0.0.9", [{ all: true }]]);
      ours.abort();
      const noFour: LookupFunction = (_name, _options, done) => done(null, "::1", 6);
      expect(
        await failure({ host: "logs", port }, { lookup: noFour, localAddress: "127.0.0.9" }),
      ).toMatchObject({ code: "ERR_AW_CONNECT", message: expect.stringContaining("localAddress") });
    },
  );

  it("a resolver that throws or never answers is no reason to hang", async () => {
    const before = openResources();
    const broken: LookupFunction = () => {
      throw new Error("no resolver here");
    };
    expect(await failure({ host: "logs", port: 1 }, { lookup: broken })).toMatchObject({
      code: "ERR_AW_CONNECT",
      message: "connect tcp logs:1: no resolver here",
    });
    expect(await failure({ host: "logs", port: 1 }, { lookup() {}, timeout: 20 })).toMatchObject({
      code: "ERR_AW_TIMEOUT",
    });
    await settled(before);
  });
});

describe.runIf(isLinux)("a peer that does not answer", () => {
  it("is given up when the time is over, with nothing left open", async () => {
    const { port, stop } = await silentPeer("127.0.0.1");
    cleanups.push(stop);
    const before = openResources();
    expect(await failure({ host: "127.0.0.1", port }, { timeout: 20 })).toMatchObject({
      code: "ERR_AW_TIMEOUT",
      message: `connect tcp 127.0.0.1:${port}: no answer within 20 ms; is the host reachable?`,
    });
    await settled(before);
  });

  it("is given up when the signal fires, with nothing left open", async () => {
    const { port, stop } = await silentPeer("127.0.0.1");
    cleanups.push(stop);
    const before = openResources();
    const controller = new AbortController();
    const connecting = failure({ host: "127.0.0.1", port }, { signal: controller.signal });
    await new Promise((done) => setImmediate(done));
    controller.abort("changed my mind");
    expect(await connecting).toMatchObject({ code: "ERR_AW_ABORTED", cause: "changed my mind" });
    await settled(before);
  });
});

describe("options", () => {
  it("a name that nobody knows is not resolvable", async () => {
    const lookup: LookupFunction = (name, options, done) => {
      if (name === "localhost") return resolve(name, options, done);
      const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), {
        code: "ENOTFOUND",
      });
      done(error, "");
    };
    expect(await failure({ host: "lgos.example", port: 1 }, { lookup })).toMatchObject({
      code: "ERR_AW_CONNECT",
      message: "connect tcp lgos.example:1: the host name can't be resolved; is it spelled right?",
    });
  });

  it.runIf(hasLoopbackNet)("connects from the local address", async () => {
    const { port, next } = await serving();
    const ours = await connect({ host: "127.0.0.1", port }, { localAddress: "127.0.0.9" });
    expect(ours.localAddress).toBe("127.0.0.9");
    const peer = await next();
    expect([peer.remoteAddress, peer.remotePort]).toEqual(["127.0.0.9", ours.localPort]);
    ours.abort();
    expect(await failure({ host: "127.0.0.1", port }, { localAddress: "192.0.2.1" })).toMatchObject(
      {
        code: "ERR_AW_CONNECT",
        message: expect.stringContaining("is `localAddress` one of this machine?"),
      },
    );
  });

  it.each([
    { timeout: "5" },
    { timeout: Number.NaN },
    { idleTimeout: 0 },
    { keepAlive: true },
    { keepAlive: -1 },
    { noDelay: "yes" },
    { signal: "stop" },
    { lookup: "dns" },
    { localAddress: "here" },
  ])("of connect are refused at once: %o", async (options) => {
    const { port } = await serving();
    const before = openResources();
    expect(await failure({ host: "127.0.0.1", port }, options)).toMatchObject({
      code: "ERR_AW_INVALID_ARGUMENT",
      message: expect.stringMatching(
        /localAddress|Timeout|keepAlive|noDelay|signal|lookup|timeout/,
      ),
    });
    await settled(before);
  });

  it.each([
    { backlog: -1 },
    { maxConnections: 1.5 },
    { onRefused: "log" },
    { host: 5 },
    { path: 5 },
    { port: 1.5 },
    { idleTimeout: "9" },
    { signal: 5 },
  ])("of listen are refused at once: %o", async (options) => {
    const before = openResources();
    await expect(listen(options as object)).rejects.toMatchObject({
      code: "ERR_AW_INVALID_ARGUMENT",
    });
    await settled(before);
  });
});
