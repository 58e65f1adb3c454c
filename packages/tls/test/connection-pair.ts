import type { Connection, Pipe, Writer } from "@aw/core";

/** Two connected ends in memory, made of two pipes. */
export function connectionPair(make: () => Pipe): [Connection, Connection] {
  const there = make();
  const back = make();
  return [end(there.writer, back), end(back.writer, there)];
}

function end(writer: Writer, from: Pipe): Connection {
  return Object.assign(writer, { reader: from.reader, readable: from.readable });
}
