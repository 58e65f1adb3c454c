/** How long the number is that begins a message: of the bytes that follow it. */
const HEAD = 4;

/** Takes chunks, and calls `write` with each message, its number included, once it is whole. */
export function splitMessages(write: (message: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    while (at + HEAD <= data.length) {
      const end = at + HEAD + data.readUInt32BE(at);
      if (end > data.length) break;
      write(data.subarray(at, end));
      at = end;
    }
    rest = data.subarray(at);
  };
}
