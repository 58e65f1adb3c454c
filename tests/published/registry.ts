import type { Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { runServer } from "verdaccio";

/** A registry on this machine that has the packages of this repository, and nothing else. */
export interface Registry {
  readonly url: string;
  stop(): void;
}

/** Starts one with its storage in `folder`. It asks no other registry, and anybody may publish. */
export async function startRegistry(folder: string): Promise<Registry> {
  const server: Server = await runServer({
    self_path: folder,
    storage: `${folder}/storage`,
    uplinks: {},
    web: { enable: false },
    auth: { htpasswd: { file: `${folder}/htpasswd` } },
    packages: { "@aw/*": { access: "$all", publish: "$all" } },
    log: { type: "stdout", level: "fatal" },
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
