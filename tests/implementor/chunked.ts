import { TransformEngine, Writer, type AsyncWrite, type TransformControl } from "@aw/core";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The chunked transfer coding of HTTP/1.1 (RFC 9112, section 7.1). */
export function chunked(inner: AsyncWrite): Writer {
  let control: TransformControl;
  return new Writer(
    new TransformEngine(inner, {
      start: (given) => void (control = given),
      transform(block, done) {
        control.push(encode(`${block.length.toString(16)}\r\n`));
        control.push(block.slice()); // what is pushed is the engine's, the block is not
        control.push(encode("\r\n"));
        done();
      },
      finish(done) {
        control.push(encode("0\r\n\r\n"));
        done();
      },
      toString: () => "chunked",
    }),
  );
}
