import { spawn } from "node:child_process";
import { once } from "node:events";

/** Its queue of connections is full, and nobody accepts: what comes gets no answer at all. */
const PROGRAM = `
import socket, sys, time
server = socket.socket()
server.bind((sys.argv[1], int(sys.argv[2])))
server.listen(0)
waiting = [socket.socket() for _ in range(4)]
for each in waiting:
    each.setblocking(False)
    each.connect_ex(server.getsockname())
print(server.getsockname()[1], flush=True)
sys.stdin.readline()
kept = []
while True:
    kept.append(server.accept())
`;

/** An address that does not answer, as behind a firewall that drops, before it is told to. */
export async function silentPeer(
  host: string,
  port: number = 0,
): Promise<{ port: number; answer: () => void; stop: () => void }> {
  const child = spawn("python3", ["-c", PROGRAM, host, String(port)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return {
    port: Number(String(line)),
    answer: () => void child.stdin.write("\n"),
    stop: () => void child.kill("SIGKILL"),
  };
}
