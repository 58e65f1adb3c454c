import { expect, it } from "vitest";
import { mask } from "../../src/link/node/mask.ts";

const KEY = Uint8Array.of(0x81, 0x02, 0xf3, 0x74);

it("masks any length at any alignment as RFC 6455 says, and nothing beside it", () => {
  for (let offset = 0; offset < 8; offset++) {
    for (let length = 0; length < 80; length++) {
      const memory = Uint8Array.from({ length: 96 }, (_, index) => index * 7);
      const expected = memory.map((byte, index) => {
        const at = index - offset;
        return at >= 0 && at < length ? byte ^ (KEY[at % 4] ?? 0) : byte;
      });
      mask(memory.subarray(offset, offset + length), KEY);
      expect(memory, `${length} bytes at ${offset}`).toEqual(expected);
    }
  }
});
