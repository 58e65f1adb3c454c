import { open } from "node:fs/promises";

const BLOCK = 64 * 1024;

/** Whether two files have the same bytes. */
export async function hasSameContent(a: string, b: string): Promise<boolean> {
  const first = await open(a, "r");
  try {
    const second = await open(b, "r");
    try {
      if ((await first.stat()).size !== (await second.stat()).size) return false;
      for (let position = 0; ; position += BLOCK) {
        const left = await first.read(Buffer.alloc(BLOCK), 0, BLOCK, position);
        const right = await second.read(Buffer.alloc(BLOCK), 0, BLOCK, position);
        if (!left.buffer.equals(right.buffer)) return false;
        if (left.bytesRead < BLOCK) return true;
      }
    } finally {
      await second.close();
    }
  } finally {
    await first.close();
  }
}
