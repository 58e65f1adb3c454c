import type { TLSSocket } from "node:tls";
import type { Base } from "./base.ts";

interface Handle {
  readStart(): number;
  readStop(): number;
}

/**
 * Has a TLSSocket that is not read hold back what is below it, instead of what it has decrypted.
 *
 * For Deno (2.9), whose TLSSocket forgets the end of a stream that arrives while it has stopped reading: who
 * reads more slowly than the peer sends would wait for ever. It never stops here, and gets nothing more to decrypt.
 * It relies on `_handle`, as Node has it. Once Deno remembers the end, the test `runtimes` says that this can go.
 */
export function holdBelow(tls: TLSSocket, base: Base): void {
  const { _handle: handle } = tls as TLSSocket & { _handle?: Handle | null };
  if (handle === undefined || handle === null) return;
  const readStart = handle.readStart.bind(handle);
  handle.readStart = () => {
    base.duplex.resume();
    return readStart();
  };
  handle.readStop = () => {
    base.duplex.pause();
    return 0;
  };
}
