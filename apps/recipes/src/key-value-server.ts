/**
 * A key-value server with the protocol of Redis (RESP 2): for `redis-cli`, clients of Redis, and lines by hand.
 *
 *     node key-value-server.ts 6379
 *     redis-cli set greeting hello
 *     printf 'get greeting\nquit\n' | nc localhost 6379
 *
 * A client may send many commands at a time: the answers to those that came together leave together, and
 * nobody calls flush. One that stops reading its answers is not read any more either. What can't be a
 * command, or takes more than 1 MiB, ends its connection, and no other.
 */
import { AsyncWriteError, framed, PENDING, serve, unframed } from "@aw/core";
import type { Codec, Connection } from "@aw/core";
import { listen, type TcpListener } from "@aw/tcp";

type Command = readonly string[];
/** A symbol is a status, null a key that is not there. */
type Answer = string | number | symbol | null | Error;

const OK = Symbol("OK");
const PONG = Symbol("PONG");

const MAX_LENGTH = 1 << 20;

export const commands: Codec<Command> = {
  name: "RESP commands",
  encode: (words) => [Buffer.from(`*${words.length}\r\n${words.map(bulk).join("")}`)],
  decoder: () => ({
    decode(incoming) {
      const { bytes } = incoming;
      const parsed = parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
      if (parsed !== undefined) {
        incoming.consume(parsed.end);
        return parsed.words;
      }
      if (bytes.length > MAX_LENGTH) throw refused("ERR_AW_LIMIT", "the command is too long");
      return PENDING;
    },
  }),
};

const answers: Codec<Answer> = {
  name: "RESP answers",
  encode: (answer) => [Buffer.from(encode(answer))],
};

/** Resolves once the listener is closed. */
export async function serveStore(
  listener: TcpListener,
  onError: (error: unknown) => void = console.error,
): Promise<void> {
  const store = new Map<string, string>();
  await serve(listener, (client) => converse(client, store), { onError });
}

async function converse(client: Connection, store: Map<string, string>): Promise<void> {
  const out = framed(client, answers);
  for await (const [name = "", ...args] of unframed(client.reader, commands)) {
    if (name !== "") await out.send(execute(name.toLowerCase(), args, store));
    if (name.toLowerCase() === "quit") break;
  }
}

function execute(name: string, args: string[], store: Map<string, string>): Answer {
  const [key = "", value = ""] = args;
  switch (name) {
    case "ping":
      return PONG;
    case "quit":
      return OK;
    case "set":
      store.set(key, value);
      return OK;
    case "get":
      return store.get(key) ?? null;
    case "del":
      return args.filter((each) => store.delete(each)).length;
    case "incr": {
      const next = Number(store.get(key) ?? 0) + 1;
      if (!Number.isSafeInteger(next)) return new Error("value is not an integer");
      store.set(key, String(next));
      return next;
    }
    default:
      return new Error(`unknown command '${name}'`);
  }
}

function encode(answer: Answer): string {
  if (typeof answer === "symbol") return `+${answer.description}\r\n`;
  if (typeof answer === "number") return `:${answer}\r\n`;
  if (answer === null) return "$-1\r\n";
  return typeof answer === "string" ? bulk(answer) : `-ERR ${answer.message}\r\n`;
}

function bulk(text: string): string {
  return `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
}

/** The first command, and where it ends; undefined if it is not there as a whole. */
function parse(bytes: Buffer): { words: string[]; end: number } | undefined {
  let end = bytes.indexOf("\n") + 1;
  if (end === 0) return undefined;
  const head = bytes.toString("utf8", 0, end).trim();
  if (!head.startsWith("*")) return { words: head.split(/\s+/), end };
  const words: string[] = [];
  for (let missing = countOf(head, "*"); missing > 0; missing--) {
    const start = bytes.indexOf("\n", end) + 1;
    if (start === 0) return undefined;
    const length = countOf(bytes.toString("utf8", end, start).trim(), "$");
    end = start + length + 2;
    if (end > bytes.length) return undefined;
    words.push(bytes.toString("utf8", start, start + length));
  }
  return { words, end };
}

function countOf(text: string, type: string): number {
  const count = text.startsWith(type) ? Number(text.slice(1)) : Number.NaN;
  if (Number.isSafeInteger(count) && count >= 0 && count <= MAX_LENGTH) return count;
  throw refused("ERR_AW_PROTOCOL", `${JSON.stringify(text)} is no count after ${type}`);
}

function refused(code: "ERR_AW_LIMIT" | "ERR_AW_PROTOCOL", message: string): AsyncWriteError {
  return new AsyncWriteError(code, message);
}

if (import.meta.main) {
  const listener = await listen({ host: "::", port: Number(process.argv[2] ?? 6379) });
  console.log(`listening at ${listener}`);
  await serveStore(listener);
}
