import { askClients } from "../asker.ts";
import { cpuTimed, onceWarm } from "../repeat.ts";
import { openReceiver } from "../receiver.ts";
import type { BroadcastWay, SocketTarget } from "../ways.ts";
import type { Workload } from "../workload.ts";

const CONNECTIONS = 300;

/**
 * Messages to all clients of a server, which are in another process. The CPU time of the server, for each
 * message to each of them.
 */
export const broadcast: Workload<BroadcastWay> = {
  metrics: () => [{ unit: "ns" }],
  open: () => openReceiver("websocket-clients"),
  async measure(way, task) {
    const { size, budget, burst } = task;
    const connections = budget === 0 ? 2 : CONNECTIONS;
    const message = new Uint8Array(size).fill(65);
    const clients = askClients((task.target as SocketTarget).port);
    const server = await way();
    await clients.ask(`open ${server.port} ${connections}`);
    let sent = 0;
    const run = (count: number): Promise<number> =>
      cpuTimed(async () => {
        for (let left = count; left > 0; left -= burst) {
          await server.send({ message, count: Math.min(burst, left) });
          await new Promise((resolve) => setImmediate(resolve));
        }
        sent += count * size * connections;
        await clients.ask(`got ${sent}`);
      });
    const { count, milliseconds } = await onceWarm(run, { ...task, size: size * connections });
    clients.close();
    server.close();
    return [(milliseconds * 1e6) / count / connections];
  },
};
