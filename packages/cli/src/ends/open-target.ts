import type { Connection, Writer } from "@aw/core";
import type { Arguments } from "../line/arguments.ts";
import { fileOptionsOf } from "../line/file-options.ts";
import { parseTime } from "../line/sizes.ts";
import { standardOutput } from "./standard-output.ts";
import type { Target } from "../line/target.ts";
import { clientTls } from "../line/tls-options.ts";

/** What is written to; with a `readable` where it can answer. */
export type Destination = Writer | Connection;

/** Opens a target to write to, and loads only the package that it needs. Resolves once it is open. */
export async function openTarget(
  target: Target,
  args: Arguments,
  signal: AbortSignal,
): Promise<Destination> {
  switch (target.kind) {
    case "stdio":
      return standardOutput();
    case "file":
      return openFile(target.path, args);
    case "tcp":
    case "unix": {
      const { connect } = await import("@aw/tcp");
      const { kind: _kind, ...where } = target;
      return connect(where, { signal, timeout: timeoutOf(args) });
    }
    case "tls": {
      const { connect } = await import("@aw/tls");
      const { kind: _kind, ...where } = target;
      const timeout = timeoutOf(args);
      return connect(where, {
        ...(await clientTls(args)),
        signal,
        timeout,
        handshakeTimeout: timeout,
      });
    }
    case "ws":
    case "wss": {
      const { connect } = await import("@aw/websocket");
      const tls = target.kind === "wss" ? await clientTls(args) : undefined;
      const halfClose = args.has("half-close");
      return connect(target.url, { signal, timeout: timeoutOf(args), halfClose, tls });
    }
  }
}

/** `--timeout` in milliseconds. */
export function timeoutOf(args: Arguments): number | undefined {
  const text = args.get("timeout");
  return text === undefined ? undefined : parseTime("timeout", text);
}

async function openFile(path: string, args: Arguments): Promise<Writer> {
  const { open } = await import("@aw/file");
  return open(path, fileOptionsOf(args));
}
