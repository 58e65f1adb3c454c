import type { Relay } from "../relay.ts";

/** Something to type into another terminal. */
export interface Command {
  /** What it shows. */
  title: string;
  line: string;
}

/** Copied as they are, they work in the folder of the repository. @param ca a file with the certificate to trust */
export function commandsFor(relay: Relay, ca: string): Command[] {
  const http = relay.addressOf("http");
  const tls = relay.addressOf("tls").replace("tls://", "");
  const unix = relay.addressOf("unix").replace("unix:", "");
  const records = relay.addressOf("records").replace("unix:", "");
  const aw = "npx --yes pnpm@12.21.0 --silent aw send";
  return [
    { title: "curl, which prints the receipt", line: `curl -sS -T README.md ${http}/uploads/` },
    {
      title: "what another program has compressed",
      line: `gzip -c README.md | curl -sS -T - ${http}/uploads/README.md`,
    },
    { title: "aw, over TCP", line: `${aw} ${relay.addressOf("tcp")} README.md --gzip` },
    { title: "aw, over TLS", line: `${aw} tls://${tls} README.md --zstd --ca ${ca}` },
    {
      title: "aw, over a WebSocket",
      line: `${aw} ${relay.addressOf("websocket")}README.md README.md --half-close`,
    },
    {
      title: "openssl, which does not wait for the receipt: it is the first one of the list below",
      line: `openssl s_client -connect ${tls} -servername localhost -CAfile ${ca} -quiet -no_ign_eof < README.md`,
    },
    {
      title: "socat, over a Unix-domain socket",
      line: `socat -t 10 - UNIX-CONNECT:${unix} < README.md`,
    },
    {
      title: "records, each of which is checked",
      line: `echo '{"level":"info"}' | socat -t 10 - UNIX-CONNECT:${records}`,
    },
    { title: "a slow receiver: look at the page while you send", line: slow(http, "100000") },
    { title: "and a fast one again", line: slow(http, "null") },
    { title: "receipts", line: `curl -sS ${http}/uploads` },
    { title: "metrics", line: `curl -sS ${http}/metrics` },
  ];
}

function slow(http: string, rate: string): string {
  return `curl -sS ${http}/slow -d '{"bytesPerSecond":${rate}}'`;
}

export function formatCommands(commands: readonly Command[]): string {
  return commands.map(({ title, line }) => `  # ${title}\n  ${line}`).join("\n");
}
