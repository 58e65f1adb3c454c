/**
 * What JavaScript does not define and every platform offers under another name. Looked up once
 * and kept, so that fake timers in a test do not stop a writer.
 */
interface Host {
  setImmediate?: (callback: () => void) => unknown;
  process?: {
    nextTick?: (callback: () => void) => void;
    emitWarning?: (warning: Error) => void;
    getBuiltinModule?: (name: string) => Threads | undefined;
  };
  reportError?: (error: unknown) => void;
  Buffer?: {
    allocUnsafeSlow(size: number): Uint8Array;
    from(memory: ArrayBufferLike, offset: number, length: number): NodeBuffer;
  };
  MessageChannel?: new () => {
    port1: object;
    port2: { postMessage(message: unknown): void };
  };
  navigator?: { userAgent?: string };
}

/** The part of `node:worker_threads` that is used. */
interface Threads {
  markAsUntransferable(memory: ArrayBufferLike): void;
}

/** The part of Node's Buffer that standard JavaScript has no equal for. */
export interface NodeBuffer {
  /** Encodes UTF-8 at an offset; returns the count of bytes. */
  write(text: string, offset: number): number;
}

const host = globalThis as Host;
const { setImmediate, Buffer } = host;
const nextTick = host.process?.nextTick?.bind(host.process);

/**
 * Whether each request has turns of its own, as in Cloudflare's workers: what a request has scheduled is dropped
 * when it is over, and may not use what belongs to another. So no request may wait there for a turn that
 * another one asked for.
 */
export const turnsEndWithRequest: boolean = host.navigator?.userAgent === "Cloudflare-Workers";

/** Calls back in a later turn of the event loop, after timers and I/O had their chance. */
export const nextTurn: (callback: () => void) => void = turnsEndWithRequest
  ? timerTurn
  : setImmediate !== undefined
    ? (callback) => void setImmediate(callback)
    : // Not looked up before it is needed: Node loads its streams for it, which takes a millisecond.
      host.MessageChannel !== undefined
      ? messageTurn(new host.MessageChannel())
      : (callback) => void setTimeout(callback, 0);

/**
 * Within a microtask: calls back once no microtask is left, after every `await` loop that goes on without
 * waiting. A tick waits for their queue to drain; from outside a microtask it would not. Where a turn can be
 * dropped, a microtask has to do: it never is.
 */
export const afterMicrotasks: (callback: () => void) => void = turnsEndWithRequest
  ? inMicrotask
  : (nextTick ?? nextTurn);

const RESOLVED = Promise.resolve();

/** Calls back in a microtask; `callback` does not throw. Node's `queueMicrotask` costs several times as much. */
export function inMicrotask(callback: () => void): void {
  void RESOLVED.then(callback);
}

/** Memory that need not be zeroed first, outside any shared pool of the platform. */
export const allocate: (size: number) => Uint8Array =
  Buffer !== undefined
    ? (size) => new Uint8Array(Buffer.allocUnsafeSlow(size).buffer, 0, size)
    : (size) => new Uint8Array(size);

/**
 * Returns what allocates memory that nobody can detach, by `postMessage` or by passing it to a stream: who tries gets
 * an error. Undefined where there is none: Node has it from version 24 on.
 */
export function attachedMemory(): ((size: number) => Uint8Array) | undefined {
  const threads = host.process?.getBuiltinModule?.("worker_threads");
  if (threads === undefined || !staysAttached(threads)) return undefined;
  return (size) => {
    const memory = allocate(size);
    threads.markAsUntransferable(memory.buffer);
    return memory;
  };
}

/** Tried out: Node 22 marks memory and detaches it all the same, other runtimes have the name and do nothing. */
function staysAttached(threads: Threads): boolean {
  const probe = new ArrayBuffer(1);
  if (!("transfer" in probe)) return false;
  try {
    threads.markAsUntransferable(probe);
    probe.transfer();
    return false;
  } catch {
    return probe.byteLength === 1;
  }
}

/** Node's Buffer over the same memory, where there is one. */
export function bufferOver(bytes: Uint8Array): NodeBuffer | undefined {
  return Buffer?.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/**
 * Says that a callback of the user threw, where nobody can be given the error: as a warning of the
 * process on Node, Deno and Bun, as an `error` event elsewhere. It ends nothing.
 */
export function reportThrown(error: unknown): void {
  const warn = host.process?.emitWarning;
  if (warn === undefined) host.reportError?.(error);
  else warn.call(host.process, error instanceof Error ? error : new Error(String(error)));
}

/**
 * Cloudflare's workers deliver messages in a microtask, and `setImmediate` is there only with a compatibility flag. While
 * a module is evaluated timers are refused; then there is nothing yet that could be kept waiting.
 */
function timerTurn(callback: () => void): void {
  try {
    setTimeout(callback, 0);
  } catch {
    inMicrotask(callback);
  }
}

/** Browsers clamp nested timers to 4 ms; a message is the fastest turn they have. */
function messageTurn(channel: InstanceType<NonNullable<Host["MessageChannel"]>>) {
  const callbacks: (() => void)[] = [];
  const port = channel.port1 as { onmessage: () => void };
  port.onmessage = () => callbacks.shift()?.();
  return (callback: () => void): void => {
    callbacks.push(callback);
    channel.port2.postMessage(null);
  };
}
