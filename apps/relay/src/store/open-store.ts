import { readFile } from "node:fs/promises";
import { UpstreamStore } from "../compositions/relay-upstream.ts";
import { ConfigError } from "../config/config-error.ts";
import type { Config } from "../config/schema.ts";
import { FolderStore } from "./folder-store.ts";
import type { Store } from "./store.ts";

/** What `store` of a configuration names: a folder, or `tls://host:port` for another relay. */
export async function openStore({
  store,
  upstream,
}: Pick<Config, "store" | "upstream">): Promise<Store> {
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(store) ?? [];
  switch (scheme) {
    case undefined:
      return FolderStore.open(store);
    case "tls": {
      const { hostname, port } = new URL(store);
      const { ca, cert, key } = upstream;
      return new UpstreamStore(
        { host: hostname.replace(/^\[(.*)\]$/, "$1"), port: Number(port) },
        {
          ...(ca !== undefined && { ca: await readFile(ca) }),
          ...(cert !== undefined && { cert: await readFile(cert) }),
          ...(key !== undefined && { key: await readFile(key) }),
        },
      );
    }
    default:
      throw new ConfigError(`store: ${store}: a folder, or tls://host:port for another relay`);
  }
}
