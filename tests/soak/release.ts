import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { connect as connectSocket, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { duplexPair, type Duplex } from "node:stream";
import { join } from "node:path";
import { copyBidirectional, type Connection } from "@aw/core";
import { Random } from "@aw/conformance";
import { fromNodeDuplex } from "@aw/node";
import * as tcp from "@aw/tcp";
import * as tls from "@aw/tls";

// release.ts COUNT SEED CERT KEY: a proxy and its upstream server, and clients that hang up, abort, reset or
// behave, at random moments. It ends with status 0 if every descriptor, handle and listener is gone, and nothing
// else keeps the process.

const [count = "300", seed = "1", cert = "", key = ""] = process.argv.slice(2);
const random = new Random(Number(seed));
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const descriptors = (): number => readdirSync("/proc/self/fd").length;
const handles = (): number =>
  process.getActiveResourcesInfo().filter((kind) => /TCP|Pipe|Timeout/.test(kind)).length;

let refused = 0;

/** Outlives all connections: whoever listens to it for good is a leak. */
const lasting = new AbortController().signal;
const listeners = (stream: Duplex): number =>
  stream.eventNames().reduce((sum, name) => sum + stream.listenerCount(name), 0);

/** The first bytes of a handshake of TLS, after which more would have to come. */
const HALF_A_HELLO = Buffer.from("160301020001000", "hex");

async function turns(): Promise<void> {
  for (let left = random.int(0, 12); left > 0; left--) await turn();
}

/** What an owner may do with a connection at any moment, whatever is under way. */
async function misbehave(connection: Connection): Promise<void> {
  const payload = new Uint8Array(random.int(0, 3) * 100_000 + 1);
  const controller = new AbortController();
  const signal = random.chance(0.5) ? controller.signal : lasting;
  const reading = random.chance(0.5)
    ? new Response(connection.readable).bytes().catch(() => {})
    : connection.reader.readAll({ signal }).catch(() => {});
  const steps = [
    () => connection.writeAll(payload),
    () => connection.writeAll(payload, { signal }),
    () => connection.flush(),
    () => connection.flush({ signal }),
    () => connection.close(),
    () => connection.close({ signal }),
    () => controller.abort("had enough"),
    () => connection[Symbol.asyncDispose](),
    () => connection.abort(new Error("had enough")),
  ];
  const underWay: unknown[] = [];
  for (let step = random.int(1, 5); step > 0; step--) {
    const act = steps[random.int(0, steps.length - 1)] as () => unknown;
    underWay.push(Promise.resolve(act()).catch(() => {}));
    await turns();
  }
  if (random.chance(0.5)) connection.abort();
  else await connection[Symbol.asyncDispose]().catch(() => {});
  await Promise.all([...underWay, reading]);
}

/** A client that is not ours, and goes as it likes; of TLS it knows how it begins, at best. */
async function plain(target: { port: number } | { path: string }): Promise<void> {
  const socket: Socket = connectSocket({ host: "127.0.0.1", allowHalfOpen: true, ...target });
  socket.on("error", () => {});
  const gone = new Promise((resolve) => socket.on("close", resolve));
  socket.resume();
  if (random.chance(0.3)) socket.write(HALF_A_HELLO);
  else if (random.chance(0.9)) socket.write(Buffer.alloc(random.int(1, 200_000)));
  await turns();
  const how = random.pick(["destroy", "reset", "end", "stay"] as const);
  if (how === "reset" && "port" in target) socket.resetAndDestroy();
  else if (how === "destroy" || how === "reset") socket.destroy();
  else if (how === "end") socket.end();
  else outstay(socket);
  // An echo that was half-closed ends by itself.
  const leave = setTimeout(() => socket.destroy(), 50);
  if (how === "stay") socket.on("end", () => clearTimeout(leave));
  await gone;
  clearTimeout(leave);
}

/** Once the other end has said its last word, goes on talking until it is cut off. */
function outstay(socket: Socket): void {
  socket.on("end", () => {
    const talk = (): void => {
      if (socket.writable) socket.write("x", () => setTimeout(talk, 5));
    };
    talk();
  });
}

/** A duplex that is wrapped, used and handed back, whatever was under way. */
async function borrowed(): Promise<void> {
  const [near, far] = duplexPair();
  const before = listeners(near);
  const ours = fromNodeDuplex(near);
  far.resume().write("unread");
  if (random.chance(0.5)) void new Response(ours.readable).bytes().catch(() => {});
  else if (random.chance(0.3)) await ours.readable.cancel();
  const writing = ours.writeAll(new Uint8Array(random.int(0, 300_000)), { signal: lasting });
  await turns();
  await ours.release();
  await writing;
  if (random.chance(0.5)) ours.abort();
  assert.equal(listeners(near), before, `listeners left on a duplex, seed ${seed}`);
  assert.ok(near.writable && near.readable);
  near.destroy();
  far.destroy();
}

type Listener = tcp.TcpListener | tls.TlsListener;

/** Serves each connection by `serve`, until its listener ends. */
async function serveAll(
  listener: Listener,
  serve: (connection: Connection) => Promise<void>,
): Promise<void> {
  const serving = new Set<Promise<void>>();
  for await (const connection of listener) {
    const one = serve(connection)
      .catch(() => {})
      .finally(() => {
        connection.abort();
        serving.delete(one);
      });
    serving.add(one);
  }
  await Promise.all(serving);
}

async function soak(kind: string, rounds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "aw-soak-"));
  const linger = 50;
  const listen = (name: string): Promise<Listener> => {
    // Some are refused: twenty come at a time.
    const options = { linger, maxConnections: name === "proxy" ? 8 : undefined };
    if (kind === "unix") return tcp.listen({ path: join(folder, name), ...options });
    return kind === "tls"
      ? tls.listen({ cert, key, handshakeTimeout: 5000, ...options })
      : tcp.listen(options);
  };
  const whereIs = ({ address }: Listener): { path: string } | { port: number; host: string } =>
    typeof address === "string" ? { path: address } : { port: address.port, host: "127.0.0.1" };
  const connect = (listener: Listener, signal?: AbortSignal): Promise<Connection> =>
    kind === "tls"
      ? tls.connect(whereIs(listener), { ca: cert, servername: "localhost", linger, signal })
      : tcp.connect(whereIs(listener), { linger, signal });

  const upstream = await listen("upstream");
  const proxy = await listen("proxy");
  const serving = [
    serveAll(upstream, async (connection) => {
      if (random.chance(0.3)) return misbehave(connection);
      for await (const chunk of connection.readable) await connection.writeAll(chunk);
      await connection.close();
    }),
    serveAll(proxy, async (connection) => {
      const far = await connect(upstream);
      try {
        await copyBidirectional(connection, far, { halfCloseTimeout: 200 });
      } finally {
        far.abort();
      }
    }),
  ];
  const client = async (): Promise<void> => {
    if (random.chance(kind === "tls" ? 0.2 : 0.4)) return plain(whereIs(proxy));
    const controller = new AbortController();
    const givesUp = random.chance(0.2);
    const connecting = connect(proxy, givesUp ? controller.signal : lasting);
    if (givesUp) {
      await turns();
      controller.abort("changed my mind");
    }
    await misbehave(await connecting);
  };
  for (let done = 0; done < rounds; done += 20) {
    await Promise.all(Array.from({ length: 20 }, () => client().catch(() => {})));
    await borrowed();
  }
  if (random.chance(0.5)) proxy.abort();
  await proxy.close({ deadline: 1000 });
  await upstream.close({ deadline: 1000 });
  await Promise.all(serving);
  refused += proxy.refused;
  rmSync(folder, { recursive: true });
}

const before = { descriptors: 0, handles: 0 };
for (const kind of ["tcp", "unix", "tls"]) {
  const rounds = kind === "tls" ? Math.ceil(Number(count) / 5) : Number(count);
  if (before.descriptors === 0) {
    // What the runtime opens once stays open.
    for (const warm of ["tcp", "unix", "tls"]) await soak(warm, 20);
    Object.assign(before, { descriptors: descriptors(), handles: handles() });
  }
  await soak(kind, rounds);
  // Closing takes turns of the event loop; a leak runs into the test's time.
  while (handles() > before.handles) await turn();
  assert.equal(getEventListeners(lasting, "abort").length, 0, `${kind}: listeners, seed ${seed}`);
  assert.equal(descriptors() - before.descriptors, 0, `${kind}: descriptors left, seed ${seed}`);
}
assert.ok(refused > 0, `nobody was refused, seed ${seed}`);
