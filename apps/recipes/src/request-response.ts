/**
 * Requests and responses over one TCP connection, many under way at once. One JSON message a line; for
 * bytes, `lengthDelimited()` takes the place of `ndjson()`.
 *
 *     node request-response.ts serve 7000
 *     node request-response.ts 7000 '{"add":[2,3]}'
 *
 * Messages stay whole however TCP cuts them, one above 64 KiB ends the connection, and what is sent in
 * one turn leaves together. When the connection ends, calls that still wait reject with the reason. A
 * peer that asks faster than the handler answers is made to wait.
 */
import { framed, ndjson, serve, unframed, type Connection } from "@aw/core";
import { connect, listen, type ConnectTarget, type TcpListener } from "@aw/tcp";

type Request = { id: number; params: unknown };
type Answer = { id: number; result?: unknown; error?: string };
type Waiting = PromiseWithResolvers<unknown>;

const requests = ndjson<Request>({ maxLength: 64 * 1024 });
const answers = ndjson<Answer>({ maxLength: 64 * 1024 });

/** Resolves with `call`, and `close`, which waits for the answers that are still missing. */
export async function connectClient(target: ConnectTarget): Promise<{
  call: (params: unknown) => Promise<unknown>;
  close: () => Promise<void>;
}> {
  const socket = await connect(target);
  const out = framed(socket, requests);
  const waiting = new Map<number, Waiting>();
  let lastId = 0;

  async function read(): Promise<void> {
    for await (const { id, result, error } of unframed(socket.reader, answers)) {
      if (error === undefined) waiting.get(id)?.resolve(result);
      else waiting.get(id)?.reject(new Error(error));
      waiting.delete(id);
    }
    throw new Error("the server ended the connection");
  }
  const ended = read().catch((error: unknown) => {
    socket.abort(error);
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  });

  return {
    async call(params) {
      const id = ++lastId;
      const answer: Waiting = Promise.withResolvers();
      waiting.set(id, answer);
      out.send({ id, params }).catch(answer.reject);
      return answer.promise;
    },
    async close() {
      await out.close();
      await ended;
    },
  };
}

/** Answers every client of the listener until that is closed. */
export async function serveRequests(
  listener: TcpListener,
  handle: (params: unknown) => unknown,
  onError: (error: unknown) => void = console.error,
): Promise<void> {
  await serve(listener, (client) => answerAll(client, handle), { onError });
}

async function answerAll(client: Connection, handle: (params: unknown) => unknown): Promise<void> {
  const out = framed(client, answers);
  const underWay = new Set<Promise<void>>();
  for await (const { id, params } of unframed(client.reader, requests)) {
    const task = Promise.resolve(params)
      .then(handle)
      .then(
        (result) => out.send({ id, result }),
        (error: Error) => out.send({ id, error: error.message }),
      )
      .catch((error: unknown) => out.abort(error))
      .finally(() => underWay.delete(task));
    underWay.add(task);
    if (underWay.size >= 100) await Promise.race(underWay);
  }
  await Promise.all(underWay);
}

if (import.meta.main) {
  const [first = "7000", second = "{}"] = process.argv.slice(2);
  if (first === "serve") {
    const add = (params: unknown): number =>
      (params as { add: number[] }).add.reduce((a, b) => a + b);
    const listener = await listen({ port: Number(second) });
    console.log(`listening at ${listener}`);
    await serveRequests(listener, add);
  } else {
    const client = await connectClient({ port: Number(first) });
    console.log(await client.call(JSON.parse(second)));
    await client.close();
  }
}
