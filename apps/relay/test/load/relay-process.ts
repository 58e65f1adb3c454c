import { readdir, readFile, readlink } from "node:fs/promises";
import type { Running } from "@aw/testing";
import type { TemporaryFolder } from "@aw/testing/vitest";
import type { Places } from "../../src/demo/places.ts";
import { runRelay } from "../running-relay.ts";

/** A relay in a process of its own, as its operator runs it. */
export interface RelayProcess {
  running: Running;
  places: Omit<Places, "forwarding">;
  /** "http://127.0.0.1:8080". */
  http: string;
}

/** Over the same folder each time. Resolves once it listens. */
export async function startRelay(folder: TemporaryFolder): Promise<RelayProcess> {
  const flags = { store: "data", log: "log", "listen.unix": "s", "listen.records": "r" };
  const args = Object.entries(flags).flatMap(([key, name]) => [`--${key}`, folder.at(name)]);
  const running = runRelay("uploads", ...args);
  const ca = await running.says(/-----BEGIN[^]*END CERTIFICATE-----/, "stdout");
  const portOf = (scheme: string): Promise<string> =>
    running.says(new RegExp(`listening: ${scheme}://127\\.0\\.0\\.1:(\\d+)`), "stdout");
  const at = (port: string): { host: string; port: number } => ({
    host: "127.0.0.1",
    port: Number(port),
  });
  const http = await portOf("http");
  return {
    running,
    http: `http://127.0.0.1:${http}`,
    places: {
      tcp: at(await portOf("tcp")),
      tls: at(await portOf("tls")),
      ca,
      websocket: `ws://127.0.0.1:${http}`,
      records: folder.at("r"),
    },
  };
}

/** The most memory that a process has had so far, in MiB. */
export async function peakMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024);
}

/** What files of uploads and what sockets a process has open: those that come and go with uploads, and what listens. */
export async function openOf(pid: number, folder: string): Promise<Set<string>> {
  const open = new Set<string>();
  for (const fd of await readdir(`/proc/${pid}/fd`)) {
    // One that was closed since has no name.
    const name = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => "");
    const isOfUpload = name.startsWith(`${folder}/data/uploads`);
    if (isOfUpload || name.startsWith("socket:")) open.add(name);
  }
  return open;
}
