const MAGIC = 0xfd2fb528;
/** The sixteen magic numbers of skippable frames differ in their last four bits. */
const SKIPPABLE = 0x184d2a50;

/** The length of a raw block with nothing in it, not the last: a header of zeros. */
const EMPTY_BLOCK = 3;

const EMPTY_BLOCKS = 2;

/**
 * Two empty blocks before all others: they change nothing, and no encoder makes them. Parallel zstd
 * begins every frame with them that another one follows, so a stream that was cut exactly between two
 * frames is found to be cut.
 */
export const FOLLOWED_MARK: Uint8Array = new Uint8Array(EMPTY_BLOCKS * EMPTY_BLOCK);

type Stage = "magic" | "skip-size" | "descriptor" | "block" | "skip" | "end";

/** Whether a frame starts with these bytes; undefined if it takes more to tell. */
export function startsZstd(head: Uint8Array): boolean | undefined {
  const zstd = [0x28, 0xb5, 0x2f, 0xfd];
  const data = zstd.slice(0, head.length).every((byte, index) => head[index] === byte);
  const skip = [...head].every((byte, index) =>
    index === 0 ? byte >> 4 === 5 : byte === [0, 0x2a, 0x4d, 0x18][index],
  );
  if (!data && !skip) return false;
  return head.length < 4 ? undefined : true;
}

/**
 * Finds the end of one zstd frame by its block headers (RFC 8878, section 3.1), whatever pieces it
 * comes in. Node's decoders before version 26 do not say where they stopped.
 */
export class ZstdScanner {
  /** Whether the frame holds data; undefined before its magic number is read. */
  isData: boolean | undefined;
  /** Whether the latest frame with data says that another one follows: see `FOLLOWED_MARK`. */
  isFollowed = false;
  /** How many empty blocks the frame begins with; none any more after another block. */
  #leadingEmpty: number | undefined;
  #stage: Stage = "magic";
  /** The little-endian number that is being read, and how much of it there is. */
  #value = 0;
  #have = 0;
  #need = 4;
  /** Bytes that are passed over before `#after`. */
  #skip = 0;
  #after: Stage = "end";
  #checksum = false;

  get ended(): boolean {
    return this.#stage === "end";
  }

  /** Another frame begins. */
  restart(): void {
    this.isData = undefined;
    this.#enter("magic");
  }

  /** Returns how many bytes belong to the frame, or what is wrong with them. */
  scan(bytes: Uint8Array): number | { message: string; at: number } {
    let at = 0;
    while (at < bytes.length && !this.ended) {
      if (this.#stage === "skip") {
        const step = Math.min(this.#skip, bytes.length - at);
        at += step;
        this.#skip -= step;
        if (this.#skip === 0) this.#enter(this.#after);
        continue;
      }
      this.#value += (bytes[at] as number) * 2 ** (8 * this.#have);
      at++;
      if (++this.#have < this.#need) continue;
      const message = this.#number(this.#value);
      if (message !== undefined) return { message, at: at - this.#need };
    }
    return at;
  }

  #number(value: number): string | undefined {
    switch (this.#stage) {
      case "magic":
        this.isData = value === MAGIC;
        if (!this.isData && (value & 0xffff_fff0) >>> 0 !== SKIPPABLE) return "this is not zstd";
        this.#enter(this.isData ? "descriptor" : "skip-size");
        return;
      case "skip-size":
        return this.#pass(value, "end");
      case "descriptor":
        this.#checksum = (value & 4) !== 0;
        this.isFollowed = false;
        this.#leadingEmpty = 0;
        return this.#pass(headerLength(value), "block");
      case "block":
        return this.#block(value);
      case "skip":
      case "end":
    }
  }

  #block(header: number): string | undefined {
    if (this.#leadingEmpty !== undefined) {
      this.#leadingEmpty = header === 0 ? this.#leadingEmpty + 1 : undefined;
      if (this.#leadingEmpty === EMPTY_BLOCKS) this.isFollowed = true;
    }
    const isLast = (header & 1) === 1;
    const type = (header >> 1) & 3;
    if (type === 3) return "reserved type of block";
    const size = type === 1 ? 1 : header >>> 3;
    if (!isLast) return this.#pass(size, "block");
    return this.#pass(size + (this.#checksum ? 4 : 0), "end");
  }

  #pass(count: number, after: Stage): undefined {
    this.#skip = count;
    this.#after = after;
    this.#enter(count === 0 ? after : "skip");
  }

  #enter(stage: Stage): void {
    this.#stage = stage;
    this.#value = this.#have = 0;
    this.#need = stage === "magic" || stage === "skip-size" ? 4 : stage === "block" ? 3 : 1;
  }
}

/** The length of a frame's magic number and header, before its first block. */
export function frameHeaderLength(frame: Uint8Array): number {
  return 5 + headerLength(frame[4] as number);
}

/** How much of the frame header follows its descriptor: window, dictionary, content size. */
function headerLength(descriptor: number): number {
  const single = (descriptor & 32) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3] as number;
  const content = [single ? 1 : 0, 2, 4, 8][descriptor >> 6] as number;
  return (single ? 0 : 1) + dictionary + content;
}
