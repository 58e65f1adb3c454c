import { memory, TransformEngine, Writer, type TransformControl } from "@aw/core";
import { describe, expect, it } from "vitest";
import { checkDecode, DECODE, type DecodeOptions } from "../src/decode-options.ts";
import { Decoder } from "../src/decoder.ts";
import type { Format, MemberDecoder } from "../src/format.ts";

/** What a member decoder of a test does in place of its own. */
type Change = Partial<MemberDecoder>;

/** Members are "<<", what they hold, and ">". */
function bracketed(change: Change = {}, traits: Partial<Format> = {}): Format {
  return {
    name: "brackets",
    repeats: true,
    padding: true,
    starts: ([first, second]) => {
      if (first !== 60) return false;
      return second === undefined ? undefined : second === 60;
    },
    decoder(push) {
      let begun = 0;
      let isOver = false;
      return {
        write(block, done) {
          const begin = Math.min(2 - begun, block.length);
          begun += begin;
          const end = block.indexOf(62);
          isOver = end >= 0;
          const content = block.slice(begin, isOver ? end : undefined);
          if (content.length > 0) push(content);
          done(undefined, isOver ? end + 1 : block.length, isOver);
        },
        restart() {
          begun = 0;
          isOver = false;
        },
        finish: (done) => done(isOver ? undefined : { kind: "truncated", message: "its bracket" }),
        resume() {},
        destroy() {},
        ...change,
      };
    },
    ...traits,
  };
}

function decoderOf(options: DecodeOptions, ...formats: readonly [Format, ...Format[]]): Decoder {
  return new Decoder("test", formats, checkDecode("test", options, DECODE));
}

/** What a decoder makes of this, in blocks of that size, and how many bytes are trailing. */
async function decoded(
  data: string | Uint8Array,
  { blockSize = 65_536, ...options }: DecodeOptions = {},
  ...formats: Format[]
): Promise<[text: string, trailing: number]> {
  const [format = bracketed(), ...more] = formats;
  const decoder = decoderOf(options, format, ...more);
  const target = memory();
  const out = new Writer(new TransformEngine(target, decoder, { blockSize }));
  await out.writeAll(data);
  await out.close();
  return [target.text(), decoder.trailingBytes];
}

const BLOCKS = [1, 2, 3, 5, 65_536];

/** What a decoding fails with. */
function failing(code: string, message: string): object {
  return { code, message: expect.stringContaining(message) as string };
}

/** One format more, whose members begin with a "[". */
const other = bracketed({}, { name: "other", starts: ([first]) => first === 91 });

describe("members", () => {
  it("follow one another", async () => {
    for (const blockSize of BLOCKS) {
      expect(await decoded("<<one><<two><<>", { blockSize })).toEqual(["onetwo", 0]);
    }
  });

  it("may have zeros between them and at the end", async () => {
    const data = "<<one>\0\0\0\0\0<<two>\0\0\0";
    for (const blockSize of BLOCKS) {
      expect(await decoded(data, { blockSize })).toEqual(["onetwo", 0]);
      expect(await decoded(data, { blockSize, trailing: "report" })).toEqual(["onetwo", 0]);
    }
  });

  it("may not, where the format has no padding", async () => {
    const format = bracketed({}, { padding: false });
    for (const blockSize of BLOCKS) {
      const refused = decoded("<<one>\0<<two>", { blockSize }, format);
      await expect(refused).rejects.toMatchObject(
        failing("ERR_AW_CORRUPT", "garbage after the end, at byte 6"),
      );
      const reported = decoded("<<one>\0<<two>", { blockSize, trailing: "report" }, format);
      expect(await reported).toEqual(["one", 7]);
    }
  });

  it("of a format that has one only are garbage", async () => {
    const format = bracketed({}, { repeats: false });
    for (const blockSize of BLOCKS) {
      await expect(decoded("<<one><<two>", { blockSize }, format)).rejects.toMatchObject(
        failing("ERR_AW_CORRUPT", "garbage after the end, at byte 6"),
      );
      const reported = decoded("<<one><<two>", { blockSize, trailing: "report" }, format);
      expect(await reported).toEqual(["one", 6]);
    }
  });

  it("are all of the format of the first one", async () => {
    for (const blockSize of BLOCKS) {
      const options = { blockSize, trailing: "report" } as const;
      expect(await decoded("[[one>[[two><<x>", options, bracketed(), other)).toEqual(["onetwo", 4]);
      expect(await decoded("<<one>[[x>", options, bracketed(), other)).toEqual(["one", 4]);
    }
  });
});

describe("what comes after the end", () => {
  it.each(["x", "<x", "<\0x", "<x<<three>", "xyz <<three>"])(
    "%s is refused, or counted",
    async (rest) => {
      for (const blockSize of BLOCKS) {
        const data = `<<one><<two>${rest}`;
        await expect(decoded(data, { blockSize })).rejects.toMatchObject(
          failing("ERR_AW_CORRUPT", "test > memory: there is garbage after the end, at byte 12"),
        );
        const reported = decoded(data, { blockSize, trailing: "report" });
        expect(await reported).toEqual(["onetwo", rest.length]);
      }
    },
  );

  it("and begins like a member is a cut one, or counted", async () => {
    for (const blockSize of BLOCKS) {
      await expect(decoded("<<one><", { blockSize })).rejects.toMatchObject(
        failing("ERR_AW_TRUNCATED", "ended after 7 bytes, before the end of what begins like"),
      );
      expect(await decoded("<<one><", { blockSize, trailing: "report" })).toEqual(["one", 1]);
    }
  });

  it("and is zeros is counted from the first byte that is none", async () => {
    for (const blockSize of BLOCKS) {
      await expect(decoded("<<one>\0\0x\0", { blockSize })).rejects.toMatchObject(
        failing("ERR_AW_CORRUPT", "at byte 8"),
      );
      expect(await decoded("<<one>\0\0x\0", { blockSize, trailing: "report" })).toEqual(["one", 2]);
    }
  });
});

describe("the first member", () => {
  it("says which format it is", async () => {
    const decoder = decoderOf({}, bracketed(), other);
    const out = new Writer(new TransformEngine(memory(), decoder));
    expect(decoder.format).toBeUndefined();
    await out.writeAll("[[one>");
    await out.flush();
    expect(decoder.format).toBe("other");
    await out.close();
    expect(decoderOf({}, other).format).toBe("other");
  });

  it("has to be of a format that is known", async () => {
    for (const blockSize of BLOCKS) {
      await expect(decoded("x<<one>", { blockSize }, bracketed(), other)).rejects.toMatchObject(
        failing("ERR_AW_CORRUPT", "this is none of brackets, other, at byte 0"),
      );
    }
  });

  it.each(["", "<"])("has to come: %j is too little", async (data) => {
    await expect(decoded(data, {}, bracketed(), other)).rejects.toMatchObject(
      failing("ERR_AW_TRUNCATED", `ended after ${data.length} bytes, before its format was known`),
    );
  });

  it("is begun at once where there is one format: nothing is a cut member", async () => {
    await expect(decoded("")).rejects.toMatchObject(failing("ERR_AW_TRUNCATED", "its bracket"));
  });
});

describe("a member that fails", () => {
  it.each([
    [{ kind: "corrupt", message: "wrong", at: 2 }, "ERR_AW_CORRUPT", "wrong, at byte 8"],
    [{ kind: "corrupt", message: "wrong" }, "ERR_AW_CORRUPT", "between byte 6 and byte 12"],
    [{ kind: "failed", message: "no memory" }, "ERR_AW_IO", "test > memory: no memory"],
    [{ kind: "limit", message: "too much" }, "ERR_AW_LIMIT", "too much if you trust the input"],
    [{ kind: "truncated", message: "it" }, "ERR_AW_TRUNCATED", "after 12 bytes, before it"],
  ] as const)("%o", async (what, code, message) => {
    const cause = new Error("what the codec says");
    const failure = { ...what, cause };
    let members = 0;
    const write: MemberDecoder["write"] = (_, done) => {
      if (++members === 1) done(undefined, 6, true);
      else done(failure, 0, false);
    };
    await expect(decoded("<<one><<two>", {}, bracketed({ write }))).rejects.toMatchObject({
      ...failing(code, message),
      cause,
    });
  });

  it("at the end: the input was cut", async () => {
    await expect(decoded("<<one><<tw")).rejects.toMatchObject(
      failing("ERR_AW_TRUNCATED", "ended after 10 bytes, before its bracket"),
    );
  });

  it("stops everything: nothing of what follows is decoded", async () => {
    let calls = 0;
    const write: MemberDecoder["write"] = (_, done) => {
      calls++;
      done({ kind: "corrupt", message: "wrong" }, 1, true);
    };
    await expect(decoded("<<one><<two>", {}, bracketed({ write }))).rejects.toThrow("wrong");
    expect(calls).toBe(1);
  });
});

describe("limits", () => {
  it("maxOutputBytes: to the byte", async () => {
    expect(await decoded("<<one><<two>", { maxOutputBytes: 6 })).toEqual(["onetwo", 0]);
    await expect(decoded("<<one><<two>", { maxOutputBytes: 5 })).rejects.toMatchObject(
      failing("ERR_AW_LIMIT", "more than 5 bytes of output; raise maxOutputBytes"),
    );
  });

  it("maxRatio: of all input so far, with that which is at hand", async () => {
    const MIB = 1024 * 1024;
    /** Each byte of input becomes that many. */
    const expanding = (factor: number): Format => ({
      ...bracketed(),
      decoder: (push) => ({
        ...bracketed().decoder(push),
        write(block, done) {
          push(new Uint8Array(block.length * factor));
          done(undefined, block.length, false);
        },
        finish: (done) => done(undefined),
      }),
    });
    const data = new Uint8Array(MIB / 2).fill(60);
    for (const blockSize of [MIB / 4, MIB]) {
      const fine = decoded(data, { maxRatio: 4, blockSize }, expanding(4));
      expect((await fine)[0]).toHaveLength(2 * MIB);
      // The first MiB is free.
      const small = decoded("<".repeat(1000), { maxRatio: 4, blockSize }, expanding(1000));
      expect((await small)[0]).toHaveLength(1_000_000);
      await expect(decoded(data, { maxRatio: 4, blockSize }, expanding(5))).rejects.toMatchObject(
        failing("ERR_AW_LIMIT", "more than 4 times the input; raise maxRatio"),
      );
    }
  });
});

describe("how much is decoded at a time", () => {
  it("is at most 256 KiB", async () => {
    const sizes: number[] = [];
    const write: MemberDecoder["write"] = (block, done) => {
      sizes.push(block.length);
      done(undefined, block.length, false);
    };
    const finish: MemberDecoder["finish"] = (done) => done(undefined);
    const data = new Uint8Array(600 * 1024).fill(60);
    await decoded(data, { blockSize: 1 << 20 }, bracketed({ write, finish }));
    expect(sizes).toEqual([256 * 1024, 256 * 1024, 88 * 1024]);
  });

  it("of zeros too: all are passed over, in any number", async () => {
    const zeros = "\0".repeat(600 * 1024);
    const made = await decoded(`<<one>${zeros}<<two>${zeros}`, { blockSize: 1 << 21 });
    expect(made).toEqual(["onetwo", 0]);
  });
});

describe("a member that is answered later", () => {
  it("goes on then", async () => {
    const slow: Format = {
      ...bracketed(),
      decoder(push) {
        const fast = bracketed().decoder(push);
        return {
          ...fast,
          write: (block, done) =>
            fast.write(block, (...answer) => void setImmediate(done, ...answer)),
        };
      },
    };
    for (const blockSize of BLOCKS) {
      expect(await decoded("<<one>\0<<two>", { blockSize }, slow)).toEqual(["onetwo", 0]);
    }
  });
});

describe("what is passed on", () => {
  function started(...formats: readonly [Format, ...Format[]]): Decoder {
    const decoder = decoderOf({}, ...formats);
    const control: Partial<TransformControl> = { state: "open", bytesOut: 0, push: () => true };
    decoder.start(control as TransformControl);
    return decoder;
  }

  it("room for output, and the end", () => {
    const log: string[] = [];
    const decoder = started(
      bracketed({ resume: () => void log.push("resume"), destroy: () => void log.push("destroy") }),
    );
    decoder.resume();
    decoder.release();
    expect(log).toEqual(["resume", "destroy"]);
    expect(String(decoder)).toBe("test");
  });

  it("nothing before there is a member", () => {
    const decoder = started(bracketed(), other);
    decoder.resume();
    decoder.release();
    expect(decoder.format).toBeUndefined();
  });
});

/** Members of one byte each. The second one can't be begun, as without memory. */
function unbeginnable(write: MemberDecoder["write"]): Format {
  const restart = (): never => {
    throw new RangeError("no memory");
  };
  const finish: MemberDecoder["finish"] = (done) => done(undefined);
  return bracketed({ write, restart, finish }, { padding: false, starts: () => true });
}

it.each<[string, MemberDecoder["write"]]>([
  ["within the call", (_block, done) => done(undefined, 1, true)],
  ["later", (_block, done) => setImmediate(done, undefined, 1, true)],
])("fails with what is thrown after a member that was answered %s", async (_name, write) => {
  await expect(decoded("ab", {}, unbeginnable(write))).rejects.toMatchObject({
    cause: { message: "no memory" },
  });
});

it("fails with what is thrown in a later turn of the event loop", async () => {
  let members = 0;
  const format = unbeginnable((_block, done) => done(undefined, 1, true));
  const many: Format = {
    ...format,
    decoder: (push) => ({
      ...format.decoder(push),
      restart() {
        // Thousands of members are more than the share of one turn.
        if (++members === 90_000) throw new RangeError("no memory");
      },
    }),
  };
  await expect(
    decoded(new Uint8Array(100_000), { blockSize: 100_000 }, many),
  ).rejects.toMatchObject({ cause: { message: "no memory" } });
});
