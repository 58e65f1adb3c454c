import { Duplex, PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { writeFrames } from "../../src/link/node/frames.ts";
import { framesIn } from "../raw-peer.ts";

/** Bytes in order, which a swapped or lost one would break. */
const counted = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, i) => i & 0xff));

/** What goes to the socket for a payload, and in how many writes. */
async function written(length: number, maxLength: number, masks: boolean) {
  const socket = new PassThrough({ highWaterMark: 1024 * 1024 });
  const sent: Buffer[] = [];
  socket.on("data", (data: Buffer) => sent.push(data));
  await new Promise<void>((resolve) => {
    writeFrames(socket, counted(length), maxLength, masks, () => resolve());
  });
  return { bytes: Buffer.concat(sent), writes: sent.length };
}

describe.each([false, true])("frames, masked: %j", (masks) => {
  it.each([1, 125, 126, 127, 1024, 1025, 65_535, 65_536, 100_000])(
    "hold a payload of %d bytes",
    async (length) => {
      const { bytes, writes } = await written(length, 1_000_000, masks);
      const header = 2 + (length < 126 ? 0 : length < 65_536 ? 2 : 8) + (masks ? 4 : 0);
      expect(bytes.length).toBe(header + length);
      expect(framesIn(bytes)).toEqual([{ opcode: 2, payload: counted(length) }]);
      expect(((bytes[1] as number) & 0x80) !== 0).toBe(masks);
      // A short one is one buffer for the system.
      expect(writes).toBe(length <= 1024 ? 1 : 2);
    },
  );

  it("are as many as the length of a message asks for, the last one the rest", async () => {
    for (const length of [10, 11, 99, 100, 101, 3000]) {
      const { bytes } = await written(length, 10, masks);
      const payloads = framesIn(bytes).map(({ payload }) => payload);
      expect(payloads.map(({ length: each }) => each).slice(0, -1)).toEqual(
        Array<number>(Math.ceil(length / 10) - 1).fill(10),
      );
      expect(Buffer.concat(payloads)).toEqual(counted(length));
    }
  });
});

it("is one buffer, too, when it is as long as a message may be", async () => {
  expect((await written(100, 100, false)).writes).toBe(1);
});

it("are one call of the system, however many they are", async () => {
  const calls: number[] = [];
  const socket = new Duplex({
    read: () => {},
    writev(chunks, done) {
      calls.push(chunks.length);
      done();
    },
  });
  await new Promise<void>((resolve) => {
    writeFrames(socket, counted(50_000), 10_000, false, () => resolve());
  });
  expect(calls).toEqual([10]);
});

it("has another key for each frame", async () => {
  const keys = new Set<string>();
  for (let count = 0; count < 3000; count++) {
    const { bytes } = await written(1, 10, true);
    keys.add(bytes.subarray(2, 6).toString("hex"));
  }
  expect(keys.size).toBeGreaterThan(2990);
});
