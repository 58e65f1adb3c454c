/** `npm start -- uploads`: the relay for real, by its configuration. */
import { certificateOf } from "../certificate.ts";
import { openLog } from "../command/open-log.ts";
import type { Signals } from "../command/signals.ts";
import { loadConfig } from "../config/load-config.ts";
import { readNamed } from "../config/read-named.ts";
import type { Config } from "../config/schema.ts";
import { Relay } from "../relay.ts";
import type { TlsCredentials } from "../servers/tls.ts";
import { openStore } from "../store/open-store.ts";

export async function uploads(args: readonly string[], signals: Signals): Promise<void> {
  const config = await loadConfig(args);
  const credentials = await readCredentials(config.tls);
  await using log = await openLog(config.log);
  const onHangUp = (): void => void log.reopen();
  process.on("SIGHUP", onHangUp);
  try {
    const store = await openStore(config, log.log);
    const relay = await Relay.start(config, { store, log: log.log, credentials });
    signals.abort.addEventListener("abort", () => relay.abort());
    for (const { address } of relay.listeners) console.log(`listening: ${address}`);
    console.log(`storing: ${store}`);
    if (config.tls.cert === undefined) console.log(`certificate, made now:\n${credentials.cert}`);
    await signals.stopped();
    await relay.close(config.stopSeconds * 1000);
  } finally {
    process.off("SIGHUP", onHangUp);
  }
}

/** Those of the configuration; made on the spot if it names none. */
async function readCredentials({ cert, key, clientCa }: Config["tls"]): Promise<TlsCredentials> {
  const own = await certificateOf(cert, key);
  return clientCa === undefined
    ? own
    : { ...own, clientCa: await readNamed("tls.clientCa", clientCa) };
}
