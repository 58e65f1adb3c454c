import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { Readable, type Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import * as tls from "node:tls";
import * as zlib from "node:zlib";
import { createWebSocketStream, WebSocket, WebSocketServer } from "ws";
import type { Input, RecordInput } from "../demo/inputs.ts";
import type { TlsCredentials } from "../servers/tls.ts";
import { checkedRecords } from "./checked-records.ts";
import { answered, listening, waitForAnswer } from "./answered.ts";
import { receive, type Stored } from "./receive.ts";

/** A job of the table, done by `pipeline` of `node:stream` from end to end. */
export interface PipelineJob {
  send(): Promise<void>;
  /** What the receiver has on its disk, once it has. */
  readonly stored: Promise<Stored>;
  readonly close: () => void;
}

export interface PipelineParts {
  input: Input;
  records: RecordInput;
  credentials: TlsCredentials;
  /** Where the receivers put their files. */
  folder: string;
}

type Wrap = (socket: Duplex) => Duplex;

const HALF_OPEN = { allowHalfOpen: true };
const QUALITY = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } };

/** The jobs of the table, in its order. Servers listen when a job is made. */
export function pipelineJobs(parts: PipelineParts): (() => Promise<PipelineJob>)[] {
  const { input, records, folder } = parts;
  const { cert, key } = parts.credentials;
  const trust = { ca: cert, servername: "localhost", ...HALF_OPEN };
  const ofServer = { cert, key, ...HALF_OPEN };
  const source = (): Readable => Readable.from(input.open(), { objectMode: false });
  const at = (name: string): string => join(folder, `pipeline-${name}`);

  async function overTcp(name: string, encode: Duplex[], decode: Duplex[]): Promise<PipelineJob> {
    const server = createServer(HALF_OPEN);
    const stored = once(server, "connection").then(([socket]) =>
      answered(socket as Socket, receive(socket as Socket, at(name), ...decode)),
    );
    const port = await listening(server);
    return {
      stored,
      async send() {
        const socket = connect({ port, host: "127.0.0.1", ...HALF_OPEN });
        await pipeline([source(), ...encode, socket]);
        await waitForAnswer(socket);
      },
      close: () => server.close(),
    };
  }

  /** A TLS server, and what connects to it. */
  async function overTls(name: string, decode: Duplex[]): Promise<Forward> {
    const server = tls.createServer(ofServer);
    const stored = once(server, "secureConnection").then(([socket]) =>
      answered(socket as Socket, receive(socket as Socket, at(name), ...decode)),
    );
    const port = await listening(server);
    const dial = (): tls.TLSSocket => tls.connect({ ...trust, port, host: "127.0.0.1" });
    return { stored, dial, close: () => server.close() };
  }

  /** Without an answer, since a WebSocket has no half-close. */
  async function overWebSocket(
    name: string,
    [encode, decode]: [Duplex[], Duplex[]],
    [wrapHere, wrapThere]: [Wrap, Wrap],
  ): Promise<PipelineJob> {
    const server = createHttpServer();
    const upgrades = new WebSocketServer({ server });
    const stored = once(upgrades, "connection").then(([socket]) =>
      receive(wrapThere(createWebSocketStream(socket as WebSocket)), at(name), ...decode),
    );
    const port = await listening(server);
    return {
      stored,
      async send() {
        const socket = createWebSocketStream(new WebSocket(`ws://127.0.0.1:${port}`));
        await pipeline([source(), ...encode, wrapHere(socket)]);
      },
      close: () => server.close(),
    };
  }

  async function recordsOverUnix(): Promise<PipelineJob> {
    const path = at("records.sock");
    const server = createServer(HALF_OPEN);
    const stored = once(server, "connection").then(([socket]) =>
      answered(socket as Socket, receive(socket as Socket, at("records"), checkedRecords())),
    );
    server.listen(path);
    await once(server, "listening");
    return {
      stored,
      async send() {
        const socket = connect({ path, ...HALF_OPEN });
        const lines = async function* (each: AsyncIterable<unknown>): AsyncGenerator<string> {
          for await (const record of each) yield `${JSON.stringify(record)}\n`;
        };
        await pipeline(Readable.from(records.records), lines, socket);
        await waitForAnswer(socket);
      },
      close: () => server.close(),
    };
  }

  async function forwarded(): Promise<PipelineJob> {
    const { stored, dial, close } = await overTls("forwarded", [zlib.createZstdDecompress()]);
    const first = createServer(HALF_OPEN, (socket) => {
      const upstream = dial();
      pipeline(socket, zlib.createZstdCompress(), upstream)
        .then(() => pipeline(upstream, socket))
        .catch((error: Error) => socket.destroy(error));
    });
    const port = await listening(first);
    return {
      stored,
      async send() {
        const socket = connect({ port, host: "127.0.0.1", ...HALF_OPEN });
        await pipeline(source(), socket);
        await waitForAnswer(socket);
      },
      close() {
        first.close();
        close();
      },
    };
  }

  const asIs: Wrap = (socket) => socket;
  const client: Wrap = (socket) => tls.connect({ ...trust, socket });
  const server: Wrap = (socket) => new tls.TLSSocket(socket, { ...ofServer, isServer: true });
  return [
    () => overTcp("gzip", [zlib.createGzip()], [zlib.createGunzip()]),
    async () => {
      const { dial, ...job } = await overTls("zstd", [zlib.createZstdDecompress()]);
      const send = async (): Promise<void> => {
        const socket = dial();
        await pipeline(source(), zlib.createZstdCompress(), socket);
        await waitForAnswer(socket);
      };
      return { ...job, send };
    },
    () =>
      overWebSocket(
        "brotli",
        [[zlib.createBrotliCompress(QUALITY)], [zlib.createBrotliDecompress()]],
        [asIs, asIs],
      ),
    () => overWebSocket("tunnel", [[], []], [client, server]),
    recordsOverUnix,
    () => overTcp("plain", [], []),
    forwarded,
  ];
}

interface Forward extends Omit<PipelineJob, "send"> {
  readonly dial: () => tls.TLSSocket;
}
