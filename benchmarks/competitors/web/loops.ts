import type { Payload } from "../../src/ways.ts";

/** As the standard has it: wait until it is ready, then write, without waiting for that. */
export async function whenReady(
  out: WritableStreamDefaultWriter<Uint8Array>,
  { message, count }: Payload,
): Promise<void> {
  for (let index = 0; index < count; index++) {
    await out.ready;
    void out.write(message);
  }
  await out.ready;
}
