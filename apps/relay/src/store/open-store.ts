import { UpstreamStore } from "../compositions/relay-upstream.ts";
import { ConfigError } from "../config/config-error.ts";
import type { Logger } from "pino";
import { readUpstream } from "../config/read-upstream.ts";
import type { Config } from "../config/schema.ts";
import { FolderStore } from "./folder-store.ts";
import { ForwardingStore } from "./forwarding-store.ts";
import { openNats } from "./nats/open-nats.ts";
import { openS3 } from "./s3/open-s3.ts";
import type { Store } from "./store.ts";
import { withoutSecrets } from "./without-secrets.ts";

type StoreConfig = Pick<Config, "forward" | "nats" | "s3" | "store" | "upstream">;

/** The store of a configuration. Opens nothing if a part of it makes no sense. */
export async function openStore(config: StoreConfig, log?: Logger): Promise<Store> {
  const { forward, upstream } = config;
  const there = forward === undefined ? undefined : await relayAt("forward", forward, upstream);
  const here = await ownStore(config, log);
  return there === undefined ? here : new ForwardingStore(here, there);
}

async function ownStore(config: StoreConfig, log: Logger | undefined): Promise<Store> {
  const { store, upstream } = config;
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(store) ?? [];
  switch (scheme) {
    case undefined:
      return await FolderStore.open(store);
    case "nats":
      return await openNats(config, log);
    case "s3":
      return await openS3(config, log);
    default:
      return await relayAt("store", store, upstream);
  }
}

/** The relay at `tls://host:port`. */
async function relayAt(key: string, url: string, trust: Config["upstream"]): Promise<Store> {
  const { protocol, hostname, port } = URL.parse(url) ?? {};
  if (protocol !== "tls:" || hostname === undefined || !port) {
    throw new ConfigError(`${key}: another relay is tls://host:port, not ${withoutSecrets(url)}`);
  }
  return new UpstreamStore(
    { host: hostname.replace(/^\[(.*)\]$/, "$1"), port: Number(port) },
    await readUpstream(trust),
  );
}
