import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";

/** Answers requests of a name, a length and bytes with a length and bytes, one after another. */
const PROGRAM = `
import sys, gzip, zlib
read, write = sys.stdin.buffer.read, sys.stdout.buffer.write
steps = {}
def raw(d):
    c = zlib.compressobj(6, zlib.DEFLATED, -15)
    return c.compress(d) + c.flush()
def step(bits, d):
    if bits not in steps: steps[bits] = zlib.decompressobj(bits)
    return steps[bits].decompress(d)
calls = {
    "gunzip": gzip.decompress, "gzip": gzip.compress,
    "inflate": zlib.decompress, "deflate": zlib.compress,
    "inflateRaw": lambda d: zlib.decompress(d, -15), "deflateRaw": raw,
    "stepGunzip": lambda d: step(31, d), "stepInflate": lambda d: step(15, d),
    "stepInflateRaw": lambda d: step(-15, d),
}
for line in iter(sys.stdin.buffer.readline, b""):
    name, length = line.decode().split()
    answer = calls[name](read(int(length)))
    write(len(answer).to_bytes(4, "little") + answer)
    sys.stdout.buffer.flush()
`;

export type PythonCall =
  | "gunzip"
  | "gzip"
  | "inflate"
  | "deflate"
  | "inflateRaw"
  | "deflateRaw"
  | "stepGunzip"
  | "stepInflate"
  | "stepInflateRaw";

/** Python's own `gzip` and `zlib`, in a process that is started once. One call at a time. */
export class Python implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, null> = spawn(
    "python3",
    ["-c", PROGRAM],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  readonly #exit = once(this.#child, "exit");
  readonly #chunks = this.#child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  /** Calls that start with "step" go on where the last call of that name ended. */
  async call(name: PythonCall, data: Uint8Array): Promise<Buffer> {
    this.#child.stdin.write(`${name} ${data.length}\n`);
    this.#child.stdin.write(data);
    return this.#take((await this.#take(4)).readUInt32LE(0));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin.end();
    await this.#exit;
  }

  async #take(length: number): Promise<Buffer> {
    const parts = [this.#rest];
    for (let have = this.#rest.length; have < length;) {
      const { value, done } = await this.#chunks.next();
      if (done === true) throw new Error("the referee ended");
      parts.push(value);
      have += value.length;
    }
    const all = Buffer.concat(parts);
    this.#rest = all.subarray(length);
    return all.subarray(0, length);
  }
}
