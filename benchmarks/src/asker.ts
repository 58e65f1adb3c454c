import { connect } from "node:net";
import { lineReader } from "./line-reader.ts";

/** Who asks clients in another process for something, by lines. */
export interface Asker {
  /** Resolves once it is done. Rejects if the clients are gone. */
  ask(question: string): Promise<void>;
  close(): void;
}

/** Asks the receiver at this port: one question at a time, each of which is answered with one line. */
export function askClients(port: number): Asker {
  const clients = connect(port, "127.0.0.1");
  const answer = lineReader(clients);
  return {
    async ask(question) {
      clients.write(`${question}\n`);
      if ((await answer()) === undefined) {
        throw new Error(`the clients are gone, asked to ${question}`);
      }
    },
    close: () => clients.destroy(),
  };
}
