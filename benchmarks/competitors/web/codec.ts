import type { CodecWay } from "../../src/ways.ts";

export const gzip: Record<string, CodecWay> = {
  CompressionStream: async (pieces) => {
    const { readable, writable } = new CompressionStream("gzip");
    const made = new Response(readable).bytes();
    const out = writable.getWriter();
    for (const piece of pieces) {
      await out.ready;
      void out.write(piece);
    }
    await out.close();
    return [await made];
  },
};
