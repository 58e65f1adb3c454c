import { AsyncWriteError, Reader, type OperationOptions } from "@aw/core";
import {
  checkOptions,
  describeValue,
  integer,
  invalidArgument,
  SIGNAL,
  type Schema,
} from "@aw/core/implementor";
import type { ProxyHeader } from "./proxy-header.ts";
import { parseVersion1 } from "./proxy-v1.ts";
import { lengthOfVersion2, parseVersion2, PREFIX_LENGTH, SIGNATURE } from "./proxy-v2.ts";

/** The bound of a header, and a signal that stops the waiting. */
export interface ReadProxyHeaderOptions extends OperationOptions {
  /** The max bytes of a header of version 2. Default: 4,096. */
  maxLength?: number | undefined;
}

const OPTIONS: Schema<ReadProxyHeaderOptions> = {
  signal: SIGNAL,
  maxLength: integer(PREFIX_LENGTH, PREFIX_LENGTH + 65_535),
};

/** The max bytes of a line of version 1, without its CRLF. */
const MAX_LINE = 105;

const FIRST_OF_1 = 0x50;

/**
 * Reads the header that a load balancer puts before what its client sends (the PROXY protocol, versions 1 and 2,
 * haproxy.org/download/3.0/doc/proxy-protocol.txt). Resolves once the header is there, which comes at once after the
 * connection was made: give it a `signal` that fires after a few seconds. What follows the header stays in the reader,
 * for your protocol, or for TLS over the connection.
 *
 * Believe it only of the balancers that you know: anybody can send one.
 *
 * Rejects with `ERR_AW_PROTOCOL` if something else comes, at its first byte where that says it, with `ERR_AW_LIMIT` if
 * the header is longer than `maxLength`, with `ERR_AW_TRUNCATED` if the end comes first, and as `reader.read` does.
 * Everything stays unread then.
 *
 * @param reader that of an accepted connection
 */
export async function readProxyHeader(
  reader: Reader,
  options: ReadProxyHeaderOptions = {},
): Promise<ProxyHeader> {
  if (!(reader instanceof Reader)) {
    throw invalidArgument(`readProxyHeader: expected a Reader, got ${describeValue(reader)}`);
  }
  checkOptions("readProxyHeader", options, OPTIONS);
  const { signal, maxLength = 4096 } = options;
  const [first] = await reader.peek(1, { signal });
  if (first === FIRST_OF_1) return readVersion1(reader, { signal });
  if (first === SIGNATURE[0]) return readVersion2(reader, maxLength, { signal });
  if (first === undefined) throw truncated(reader);
  throw notOne(reader, "the first byte is of another protocol");
}

async function readVersion1(reader: Reader, options: OperationOptions): Promise<ProxyHeader> {
  const line = await reader
    .readUntil("\r\n", { ...options, maxBytes: MAX_LINE })
    .catch((error: unknown) => {
      const isTooLong = AsyncWriteError.is(error) && error.code === "ERR_AW_LIMIT";
      throw isTooLong ? notOne(reader, `no line ends within ${MAX_LINE} bytes`) : error;
    });
  const text = Buffer.from(line ?? []).toString("latin1");
  const header = parseVersion1(text);
  if (typeof header !== "string") return header;
  reader.unread(Buffer.from(`${text}\r\n`, "latin1"));
  throw notOne(reader, header);
}

async function readVersion2(
  reader: Reader,
  maxLength: number,
  options: OperationOptions,
): Promise<ProxyHeader> {
  const prefix = await reader.peek(PREFIX_LENGTH, options);
  const isOne = SIGNATURE.every((byte, index) => prefix[index] === byte || index >= prefix.length);
  if (!isOne) throw notOne(reader, "the first bytes are of another protocol");
  if (prefix.length < PREFIX_LENGTH) throw truncated(reader);
  const length = lengthOfVersion2(prefix);
  if (length > maxLength) {
    const message = `${reader}: a PROXY header of ${length} bytes; ${maxLength} are allowed (maxLength)`;
    throw new AsyncWriteError("ERR_AW_LIMIT", message);
  }
  const bytes = await reader.readExactly(length, options);
  const header = parseVersion2(bytes);
  if (typeof header !== "string") return header;
  reader.unread(bytes);
  throw notOne(reader, header);
}

function notOne(reader: Reader, why: string): AsyncWriteError {
  const remedy = "does the balancer send it, on this port?";
  return new AsyncWriteError("ERR_AW_PROTOCOL", `${reader}: no PROXY header: ${why}; ${remedy}`);
}

function truncated(reader: Reader): AsyncWriteError {
  return new AsyncWriteError("ERR_AW_TRUNCATED", `${reader}: ended before the PROXY header`);
}
