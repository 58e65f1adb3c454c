import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { closeSync, openSync, renameSync, unlinkSync } from "node:fs";
import { connect, createServer } from "node:net";
import { dirname, join, resolve } from "node:path";

/** A socket that is listened on for as long as its holder lives. */
export interface Life {
  /** The name of the socket, in the folder of what it is for. */
  readonly name: string;
  /** Ends it, and removes the socket. */
  end(): void;
}

/** What the names of such sockets look like: short, as addresses of sockets have to be. */
export const SOCKET_NAME: RegExp = /^\.aw-[0-9a-f]{12}\.sock$/;

/** The max length of a folder, in bytes, so that with such a name its address is below 104 bytes. */
const LONGEST_FOLDER = 80;

/**
 * Listens on a new socket beside `path`. The kernel ends that with its holder: a process that is
 * killed, a thread that is stopped. Undefined where there can be no socket: on Windows, on file
 * systems such as vfat, under a permission model.
 */
export async function listenForLife(path: string): Promise<Life | undefined> {
  const folder = dirname(path);
  const id = randomBytes(6).toString("hex");
  const name = `.aw-${id}.sock`;
  const server = createServer((socket) => socket.destroy());
  let address: Address | undefined;
  try {
    address = addressOf(folder);
    const bound = address.of(`.aw-${id}.tmp`);
    // In a cluster, the primary process would listen instead.
    server.listen({ path: bound, exclusive: true });
    await once(server, "listening");
    // The runtime removes the name that it knows when it closes the socket, as it does at the end of
    // a thread. Under another one it stays, and says that nobody listens any more.
    renameSync(bound, address.of(name));
  } catch {
    server.close();
    address?.release();
    return undefined;
  }
  // What fails later is somebody's attempt to connect.
  server.on("error", () => {});
  // It does not keep its process from ending.
  server.unref();
  const held = address;
  return {
    name,
    end() {
      server.close();
      removeSocket(folder, name);
      held.release();
    },
  };
}

/**
 * Whether somebody listens on the socket `name` in `folder`. Undefined if one can't know: it was
 * removed, or one may not connect.
 */
export async function isListenedOn(folder: string, name: string): Promise<boolean | undefined> {
  const address = addressOf(folder);
  const socket = connect(address.of(name));
  try {
    await once(socket, "connect");
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // EAGAIN: so many ask that they have to queue.
    if (code === "EAGAIN") return true;
    return code === "ECONNREFUSED" ? false : undefined;
  } finally {
    socket.destroy();
    address.release();
  }
}

/** Removes the socket of a holder that is gone. */
export function removeSocket(folder: string, name: string): void {
  try {
    unlinkSync(join(folder, name));
  } catch {
    // Somebody else has, or this process may not.
  }
}

interface Address {
  /** The path by which a socket in the folder is reached. */
  of(name: string): string;
  release(): void;
}

/** Linux reaches a long path through a descriptor of its folder. */
function addressOf(folder: string): Address {
  const path = resolve(folder);
  if (Buffer.byteLength(path) <= LONGEST_FOLDER) {
    return { of: (name) => join(path, name), release: () => {} };
  }
  const fd = openSync(folder, "r");
  return { of: (name) => `/proc/self/fd/${fd}/${name}`, release: () => closeSync(fd) };
}
