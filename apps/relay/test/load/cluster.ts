import { writeFile } from "node:fs/promises";
import { Running } from "@aw/testing";
import type { TemporaryFolder } from "@aw/testing/vitest";
import { onTestFinished } from "vitest";
import { freePorts } from "../free-ports.ts";
import { runRelay } from "../running-relay.ts";
import { NatsServer } from "../store/nats-server.ts";

/** A relay that can be killed, and started again on the same port. */
export class ClusterRelay {
  running: Running;
  readonly url: string;
  readonly #flags: readonly string[];

  constructor(port: number, flags: readonly string[]) {
    this.url = `http://127.0.0.1:${port}`;
    this.#flags = [...flags, "--listen.http", String(port)];
    this.running = runRelay("uploads", ...this.#flags);
  }

  async listens(): Promise<void> {
    await this.running.says(/storing: nats/, "stdout");
  }

  async kill(): Promise<void> {
    this.running.child.kill("SIGKILL");
    await this.running.ended;
  }

  async restart(): Promise<void> {
    this.running = runRelay("uploads", ...this.#flags);
    await this.listens();
  }
}

export interface Cluster extends AsyncDisposable {
  servers: NatsServer[];
  relays: ClusterRelay[];
  /** In front of all. */
  balancer: string;
}

/** Three NATS servers, three relays over one bucket of three replicas, and nginx in front of them. */
export async function startCluster(folder: TemporaryFolder): Promise<Cluster> {
  const servers = await NatsServer.startCluster(folder.at("nats"));
  const store = `nats://${servers.map(({ address }) => address).join(",")}/uploads`;
  const [front = 0, ...ports] = await freePorts(4);
  const relays = ports.map(
    (port, n) =>
      new ClusterRelay(port, [
        `--store=${store}`,
        "--nats.replicas=3",
        "--nats.orphanSeconds=60",
        "--limits.idleSeconds=10",
        "--listen.tcp=false",
        "--listen.tls=false",
        `--log=${folder.at(`relay-${n}.log`)}`,
      ]),
  );
  await Promise.all(relays.map((relay) => relay.listens()));
  await startNginx(folder, front, ports);
  return {
    servers,
    relays,
    balancer: `http://127.0.0.1:${front}`,
    async [Symbol.asyncDispose]() {
      await Promise.all([...relays, ...servers].map((each) => each.kill()));
    },
  };
}

/** As README.md shows it: bodies go on as they come, and nobody but the sender sends one again. */
async function startNginx(folder: TemporaryFolder, port: number, ports: number[]): Promise<void> {
  const relays = ports.map((each) => `server 127.0.0.1:${each} max_fails=1 fail_timeout=1s;`);
  const path = folder.at("nginx.conf");
  await writeFile(
    path,
    // One process, which is gone when it is killed: workers would outlive their master.
    `daemon off; master_process off; pid ${folder.at("nginx.pid")}; error_log stderr notice;
    events {}
    http {
      access_log off;
      client_body_temp_path ${folder.at("nginx-body")};
      proxy_temp_path ${folder.at("nginx-proxy")};
      fastcgi_temp_path ${folder.at("nginx-fastcgi")};
      uwsgi_temp_path ${folder.at("nginx-uwsgi")};
      scgi_temp_path ${folder.at("nginx-scgi")};
      upstream relays { ${relays.join(" ")} }
      server {
        listen 127.0.0.1:${port};
        client_max_body_size 0;
        location / {
          proxy_pass http://relays;
          proxy_http_version 1.1;
          proxy_request_buffering off;
          proxy_next_upstream off;
          proxy_read_timeout 300s;
        }
      }
    }`,
  );
  const nginx = new Running("/usr/sbin/nginx", ["-p", folder.path, "-c", path]);
  onTestFinished(() => void nginx.child.kill("SIGKILL"));
  await nginx.says(/using the "epoll" event method/);
}
