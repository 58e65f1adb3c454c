import { pipe, type Reader, type Writer } from "@aw/core";
import { connect, listen, readProxyHeader } from "@aw/tcp";
import { describe, expect, it } from "vitest";

const SIGNATURE = "0d0a0d0a000d0a515549540a";

/** Bytes in hexadecimal, spaces between what belongs together. */
function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(" ", ""), "hex");
}

/** The field of a path in version 2. */
function pathOf(path: string): string {
  return Buffer.from(path).toString("hex").padEnd(216, "0");
}

/** A reader that has these bytes, and no more for now. */
function given(data: Uint8Array | string): { reader: Reader; writer: Writer } {
  const { reader, writer } = pipe({ capacity: 256 * 1024 });
  writer.tryWrite(typeof data === "string" ? Buffer.from(data, "latin1") : data);
  return { reader, writer };
}

async function rest({ reader, writer }: ReturnType<typeof given>): Promise<string> {
  await writer.close();
  return Buffer.from(await reader.readAll()).toString("latin1");
}

describe("version 1", () => {
  it.each([
    [
      "PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n",
      "tcp4",
      { address: "192.168.0.1", port: 56324 },
      { address: "192.168.0.11", port: 443 },
    ],
    [
      `PROXY TCP6 ${"ffff:".repeat(7)}ffff ::1 65535 0\r\n`,
      "tcp6",
      { address: `${"ffff:".repeat(7)}ffff`, port: 65535 },
      { address: "::1", port: 0 },
    ],
    ["PROXY UNKNOWN\r\n", "unknown", undefined, undefined],
    [`PROXY UNKNOWN ${"f".repeat(91)}\r\n`, "unknown", undefined, undefined],
  ])("%s", async (line, transport, source, destination) => {
    const end = given(`${line}GET / HTTP/1.1\r\n`);
    const header = await readProxyHeader(end.reader);
    expect(header).toEqual({ version: 1, transport, source, destination, extensions: [] });
    expect(await rest(end)).toBe("GET / HTTP/1.1\r\n");
  });

  it.each([
    "POST / HTTP/1.1\r\n",
    "PROXY\r\n",
    "PROXZ TCP4 1.1.1.1 2.2.2.2 1 2\r\n",
    "PROXY TCP5 1.1.1.1 2.2.2.2 1 2\r\n",
    "PROXY TCP4 1.1.1.1 2.2.2.2 1\r\n",
    "PROXY TCP4 1.1.1.1 2.2.2.2 1 2 3\r\n",
    "PROXY TCP4 ::1 2.2.2.2 1 2\r\n",
    "PROXY TCP4 1.1.1.01 2.2.2.2 1 2\r\n",
    "PROXY TCP6 1.1.1.1 2.2.2.2 1 2\r\n",
    "PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n",
    "PROXY TCP4 1.1.1.1 2.2.2.2 65536 2\r\n",
    "PROXY TCP4 1.1.1.1 2.2.2.2 01 2\r\n",
    "PROXY TCP4  1.1.1.1 2.2.2.2 1 2\r\n",
    `PROXY UNKNOWN ${"f".repeat(92)}\r\n`,
    "P".repeat(200),
  ])("refuses %j, and leaves it unread", async (line) => {
    const end = given(line);
    await expect(readProxyHeader(end.reader)).rejects.toMatchObject({ code: "ERR_AW_PROTOCOL" });
    expect(await rest(end)).toBe(line);
  });
});

describe("version 2", () => {
  const TCP4 = "7f000001 c0a80002 a2c2 01bb"; // 127.0.0.1:41666 to 192.168.0.2:443

  it.each([
    [
      `${SIGNATURE} 21 11 000c ${TCP4}`,
      "tcp4",
      { address: "127.0.0.1", port: 41666 },
      { address: "192.168.0.2", port: 443 },
    ],
    [
      `${SIGNATURE} 21 12 000c ${TCP4}`,
      "udp4",
      { address: "127.0.0.1", port: 41666 },
      { address: "192.168.0.2", port: 443 },
    ],
    [
      `${SIGNATURE} 21 21 0024 20010db8000000000000000000000001 00000000000000000000000000000001 1f90 0050`,
      "tcp6",
      { address: "2001:db8::1", port: 8080 },
      { address: "::1", port: 80 },
    ],
    [
      `${SIGNATURE} 21 31 00d8 ${Buffer.from("/run/a.sock").toString("hex").padEnd(216, "0")} ${"00".repeat(108)}`,
      "unix",
      { path: "/run/a.sock" },
      { path: "" },
    ],
    [
      `${SIGNATURE} 21 32 00d8 ${pathOf("\0abstract")} ${pathOf("/".repeat(108))}`,
      "unix",
      { path: "\0abstract" },
      { path: "/".repeat(108) },
    ],
    [`${SIGNATURE} 20 00 0000`, "unknown", undefined, undefined],
    [`${SIGNATURE} 20 11 000c ${TCP4}`, "unknown", undefined, undefined],
    [`${SIGNATURE} 21 00 0003 010203`, "unknown", undefined, undefined],
  ])("%s", async (bytes, transport, source, destination) => {
    const end = given(Buffer.concat([hex(bytes), Buffer.from("\x16\x03\x01", "latin1")]));
    const header = await readProxyHeader(end.reader);
    expect(header).toEqual({ version: 2, transport, source, destination, extensions: [] });
    expect(await rest(end)).toBe("\x16\x03\x01");
  });

  it("has extensions, in their order, also twice the same", async () => {
    const extensions = "01 0002 6832 05 0001 ff 05 0000";
    const { reader } = given(hex(`${SIGNATURE} 21 11 0018 ${TCP4} ${extensions}`));
    expect((await readProxyHeader(reader)).extensions).toEqual([
      { type: 1, value: Uint8Array.of(0x68, 0x32) },
      { type: 5, value: Uint8Array.of(0xff) },
      { type: 5, value: new Uint8Array() },
    ]);
  });

  it.each([
    ["alone", `0013 ${TCP4}`],
    ["behind others", `001b ${TCP4} 01 0002 6832 05 0000`],
  ])("checks the checksum, if there is one: %s", async (_where, start) => {
    const head = `${SIGNATURE} 21 11 ${start} 03 0004`;
    const checksum = crc32cOf(hex(`${head} 00000000`));
    const { reader } = given(hex(`${head} ${checksum}`));
    expect(await readProxyHeader(reader)).toMatchObject({ transport: "tcp4" });
    const { reader: wrong } = given(hex(`${head} 12345678`));
    await expect(readProxyHeader(wrong)).rejects.toMatchObject({
      code: "ERR_AW_PROTOCOL",
      message: expect.stringContaining("checksum") as string,
    });
  });

  it.each([
    ["another signature", "0d0a0d0a000d0a515549540b 21 11 000c"],
    ["version 1 in binary", `${SIGNATURE} 11 11 000c ${TCP4}`],
    ["an unknown command", `${SIGNATURE} 22 11 000c ${TCP4}`],
    ["too few bytes for the addresses", `${SIGNATURE} 21 11 0004 7f000001`],
    ["a cut extension", `${SIGNATURE} 21 11 000e ${TCP4} 0100`],
    ["an extension beyond the header", `${SIGNATURE} 21 11 0010 ${TCP4} 01 0002 ff`],
    ["a checksum of another length", `${SIGNATURE} 21 11 0010 ${TCP4} 03 0001 ff`],
  ])("refuses %s, and leaves it unread", async (_what, bytes) => {
    const end = given(hex(bytes));
    await expect(readProxyHeader(end.reader)).rejects.toMatchObject({ code: "ERR_AW_PROTOCOL" });
    expect(await rest(end)).toBe(hex(bytes).toString("latin1"));
  });

  it("refuses more than maxLength before it comes", async () => {
    const { reader } = given(hex(`${SIGNATURE} 21 11 1000`));
    await expect(readProxyHeader(reader)).rejects.toMatchObject({ code: "ERR_AW_LIMIT" });
    const long = given(Buffer.concat([hex(`${SIGNATURE} 20 00 ffff`), Buffer.alloc(65_535)]));
    expect(await readProxyHeader(long.reader, { maxLength: 65_551 })).toMatchObject({ version: 2 });
  });
});

describe("any header", () => {
  it("may come byte by byte", async () => {
    for (const bytes of [
      Buffer.from("PROXY TCP4 1.1.1.1 2.2.2.2 1 2\r\n"),
      hex(`${SIGNATURE} 21 11 000c 01010101 02020202 0001 0002`),
    ]) {
      const { reader, writer } = pipe();
      const reading = readProxyHeader(reader);
      for (const byte of bytes) await writer.writeAll(Uint8Array.of(byte));
      expect(await reading).toMatchObject({ source: { address: "1.1.1.1", port: 1 } });
    }
  });

  it.each([
    "",
    "PROXY TCP4",
    "\r\n\r",
    "\r\n\r\n\0\r\nQUIT\n",
    "\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c\x01",
  ])("is truncated by the end: %j", async (start) => {
    const { reader, writer } = given(start);
    await writer.close();
    await expect(readProxyHeader(reader)).rejects.toMatchObject({ code: "ERR_AW_TRUNCATED" });
  });

  it("is another protocol at its first byte, without waiting for more", async () => {
    const { reader } = given("\x16");
    await expect(readProxyHeader(reader)).rejects.toMatchObject({ code: "ERR_AW_PROTOCOL" });
  });

  it.each(["", "PROXY TCP4 1.1.1.1", "\r\n\r\n\0\r\n", "\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c\x01"])(
    "stops waiting by its signal, and loses nothing: %j",
    async (start) => {
      const end = given(start);
      const stop = new AbortController();
      const reading = readProxyHeader(end.reader, { signal: stop.signal });
      // By then it waits for more.
      await new Promise((resolve) => setImmediate(resolve));
      stop.abort();
      await expect(reading).rejects.toMatchObject({ code: "ERR_AW_ABORTED" });
      expect(await rest(end)).toBe(start);
    },
  );

  it.each([
    ["what is no reader", "PROXY", {}],
    ["an option that there is not", undefined, { maxlength: 100 }],
    ["a bound below the shortest header", undefined, { maxLength: 15 }],
  ])("refuses %s, and leaves everything unread", async (_, reader, options: object) => {
    const end = given("PROXY UNKNOWN\r\n");
    await expect(readProxyHeader((reader ?? end.reader) as Reader, options)).rejects.toMatchObject({
      code: "ERR_AW_INVALID_ARGUMENT",
    });
    expect(await rest(end)).toBe("PROXY UNKNOWN\r\n");
  });

  it("comes before the bytes of an accepted connection", async () => {
    await using listener = await listen();
    const client = await connect({ port: listener.port });
    await client.writeAll("PROXY TCP4 203.0.113.7 192.0.2.1 4711 25\r\nEHLO me\r\n");
    await client.close();
    for await (const connection of listener) {
      const { source } = await readProxyHeader(connection.reader);
      expect(source).toEqual({ address: "203.0.113.7", port: 4711 });
      expect(await connection.reader.readLine()).toBe("EHLO me");
      connection.abort();
      break;
    }
    client.abort();
  });
});

/** By a table of the specification's polynomial, most significant bit first: another way than the source's. */
function crc32cOf(bytes: Uint8Array): string {
  const reflect = (value: number, width: number): number => {
    let out = 0;
    for (let bit = 0; bit < width; bit++) if (value & (1 << bit)) out |= 1 << (width - 1 - bit);
    return out >>> 0;
  };
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc = (crc ^ (reflect(byte, 8) << 24)) >>> 0;
    for (let bit = 0; bit < 8; bit++) {
      crc = (crc & 0x80000000) === 0 ? (crc << 1) >>> 0 : ((crc << 1) ^ 0x1edc6f41) >>> 0;
    }
  }
  return (reflect((crc ^ 0xffffffff) >>> 0, 32) >>> 0).toString(16).padStart(8, "0");
}
