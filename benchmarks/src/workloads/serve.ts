import { askClients, type Asker } from "../asker.ts";
import { openReceiver } from "../receiver.ts";
import { onceWarm } from "../repeat.ts";
import type { ProxyWay, Served, ServeWay, SocketTarget } from "../ways.ts";
import type { Task } from "../task.ts";
import type { Metric, Workload } from "../workload.ts";

const CONNECTIONS = 32;

/** All of it; and without the kernel's part, which nobody can do much about. */
const METRICS: readonly Metric[] = [
  { suffix: "cpu", unit: "ns" },
  { suffix: "user", unit: "ns" },
];

/** CPU time of the server's process, of which the clients, which are in another one, are no part. */
async function served(
  server: Served,
  clients: Asker,
  task: Pick<Task, "size" | "budget">,
  question: (count: number) => string,
): Promise<readonly number[]> {
  const usage = async (): Promise<NodeJS.CpuUsage> =>
    (await server.cpuUsage?.()) ?? process.cpuUsage();
  let user = 0;
  const run = async (count: number): Promise<number> => {
    const start = await usage();
    await clients.ask(question(count));
    const end = await usage();
    user = end.user - start.user;
    return (user + end.system - start.system) / 1000;
  };
  const { count, milliseconds } = await onceWarm(run, task);
  clients.close();
  await server.close();
  return [(milliseconds * 1e6) / count, (user * 1e3) / count];
}

/** The messages of 32 connections, for each of them. */
async function answered(
  server: Served,
  { port }: SocketTarget,
  task: Task,
): Promise<readonly number[]> {
  const { size, budget, burst } = task;
  const clients = askClients(port);
  const connections = budget === 0 ? 2 : CONNECTIONS;
  await clients.ask(`open ${server.port} ${connections} ${size} ${burst}`);
  return served(server, clients, task, (count) => `send ${count}`);
}

/** A server that sends back what it gets. */
export const serveEcho: Workload<ServeWay> = {
  metrics: () => METRICS,
  open: () => openReceiver("tcp-clients"),
  measure: async (way, task) => answered(await way(), task.target as SocketTarget, task),
};

/** A server in between, to another one that sends back what it gets. */
export const proxy: Workload<ProxyWay> = {
  metrics: () => METRICS,
  async open() {
    const [clients, echo] = await Promise.all([openReceiver("tcp-clients"), openReceiver("echo")]);
    return {
      target: { clients: clients.target, echo: echo.target },
      close() {
        clients.close();
        echo.close();
      },
    };
  },
  async measure(way, task) {
    const { clients, echo } = task.target as { clients: SocketTarget; echo: SocketTarget };
    return answered(await way(echo), clients, task);
  },
};

/** Connections that are accepted, and end. */
export const accept: Workload<ServeWay> = {
  metrics: () => METRICS,
  open: () => openReceiver("tcp-clients"),
  async measure(way, task) {
    const server = await way();
    const clients = askClients((task.target as SocketTarget).port);
    return served(server, clients, task, (count) => `accept ${server.port} ${count}`);
  },
};
