import { readFile } from "node:fs/promises";
import { UpstreamStore } from "../compositions/relay-upstream.ts";
import { ConfigError } from "../config/config-error.ts";
import type { Config } from "../config/schema.ts";
import { FolderStore } from "./folder-store.ts";
import { ForwardingStore } from "./forwarding-store.ts";
import type { Store } from "./store.ts";

type StoreConfig = Pick<Config, "forward" | "store" | "upstream">;

/** The store of a configuration. Opens nothing if a part of it makes no sense. */
export async function openStore({ store, forward, upstream }: StoreConfig): Promise<Store> {
  const there = forward === undefined ? undefined : await relayAt("forward", forward, upstream);
  const here = /^[a-z][a-z0-9+.-]*:\/\//i.test(store)
    ? await relayAt("store", store, upstream)
    : await FolderStore.open(store);
  return there === undefined ? here : new ForwardingStore(here, there);
}

/** The relay at `tls://host:port`. */
async function relayAt(key: string, url: string, trust: Config["upstream"]): Promise<Store> {
  const { protocol, hostname, port } = URL.parse(url) ?? {};
  if (protocol !== "tls:" || hostname === undefined || !port) {
    throw new ConfigError(`${key}: another relay is tls://host:port, not ${url}`);
  }
  const { ca, cert, key: privateKey } = trust;
  return new UpstreamStore(
    { host: hostname.replace(/^\[(.*)\]$/, "$1"), port: Number(port) },
    {
      ...(ca !== undefined && { ca: await readFile(ca) }),
      ...(cert !== undefined && { cert: await readFile(cert) }),
      ...(privateKey !== undefined && { key: await readFile(privateKey) }),
    },
  );
}
