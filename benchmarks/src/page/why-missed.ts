const FILE_BY_POLL: string =
  "`write(2)` takes half of the time, the copy and the loop most of the rest. In one process, taking turns, the " +
  "same by hand is an eighth faster; from process to process ours varies more (see its range).";

/** By the text of a goal: what profiles show to stand in its way, on the machine of the published figures. */
export const WHY_MISSED: Readonly<Record<string, string>> = {
  "write of 64 B into buffered, by poll, ns":
    "most of it is `TypedArray.prototype.set`, which copies the bytes: the same loop by hand takes as long " +
    "within a nanosecond. Copying byte by byte takes four times as long, `Buffer.copy` twice.",
  "each extra layer, by poll, ns":
    "the least that a layer can do, one call of the method of the same name, takes most of it, as the same by " +
    "hand shows. The rest is the check that the writer is open and that all was taken.",
  "awaited writeAll of 64 B, ns":
    "V8's `await` of a promise that is there already takes more than half of it, and the copy most of the rest.",
  "awaited writeAll of 64 B, time by WHATWG's": "as above: the `await` and the copy alone.",
  "awaited writeAll of 64 B, time by Writable.write's":
    "as above. What compares to `write` without an await is `tryWrite`, which takes half as long as `write`.",
  "TCP 64 B, by poll, by tokio":
    "the copy of each message through V8 takes more than the kernel's part of the slab it goes into.",
  "TCP 64 B, awaited, by tokio": "as by hand: the `await` of each message.",
  "TCP 64KiB by socket.write":
    "level: the ranges of the runs overlap. Both are limited by the copy into the kernel.",
  "TCP 1MiB by socket.write":
    "level: the ranges of the runs overlap. Both hand the caller's memory to the kernel, uncopied.",
  "TLS 64 B by tlsSocket.write":
    "encryption takes as long as the `await`, and they add up: even by hand it is out of reach.",
  "TLS 64 KiB by tlsSocket.write":
    "records go through a Duplex instead of the socket's handle, because a cut could not be told from an end " +
    "otherwise (ARCHITECTURE.md): each is copied once more.",
  "broadcast of 200 B, one in a turn, CPU by ws.send's":
    "one system call for each connection, which `ws` makes too, takes more than half of what `ws` takes in all. One " +
    "`socket.write` of a frame that is made once, as by hand, is out of reach of the goal.",
  "proxy of 1KiB, CPU by pipe's":
    "two reads and two writes of the kernel take two thirds of it, the same as for `pipe`. With one message in flight " +
    "on each connection nothing comes together that could be sent together. Tokio itself takes 0.72 of it.",
  "accepted connection, CPU by bare Node's":
    "it makes more objects and promises than bare Node, and none of them is a tenth of it: two engines, a copy, the " +
    "loop that serves, the promises of the handler, the close and the end of the block. The peer's address is asked " +
    "for at once, because the kernel no longer has it once the peer has reset.",
  "memory of an idle connection after use by net.Socket's":
    "14 objects of 1.2 kB, where 1.1 times a bare socket leaves room for one of 15 fields: a writer and a reader, for each " +
    "an engine, its state, a queue of operations and what is below, because both directions end and fail apart. What " +
    "ties them to the socket takes 0.1 kB, most of it a listener for `end`, which the bare socket does not have. Read " +
    "by `readable`, the platform's stream comes on top.",
  "lines of a file, CPU by readline's":
    "`readline` decodes 64 KiB at a time, and its lines are parts of that text. Here each line is decoded by itself, " +
    "because it is checked, bounded and counted in bytes, and is awaited.",
  "file 64 B, sync, by poll, by createWriteStream": FILE_BY_POLL,
  "file 64 B, sync, by poll, by the best of sonic-boom and FileSink": FILE_BY_POLL,
  "file 64 B, sync, by poll, by tokio": FILE_BY_POLL,
  "file 64 B, sync, awaited, by createWriteStream": "as by hand: the `await` of each message.",
  "gzip of lines, parallel, by serial":
    "serial has a thread compressing nearly all the time, while this one gathers; parallel has two blocks with the " +
    "thread pool nearly all the time, and two cores are all there are.",
  "zstd of lines, parallel, by serial":
    "serial has a thread compressing nearly all the time, while this one gathers; parallel has two blocks with the " +
    "thread pool nearly all the time, and two cores are all there are.",
  "import of core, ms":
    "Node takes half of it to find and load any module, as `by-hand: an empty module` shows; V8 takes the " +
    "rest to compile one module of 88 kB with its comments. Minified it would take half a millisecond less.",
  "trait, Writer and buffered, kB":
    "none of its parts is a quarter of it: Writer, buffered, the queue of operations, errors, layers, slabs.",
};
