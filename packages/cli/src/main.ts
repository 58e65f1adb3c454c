#!/usr/bin/env node
import { run } from "./run.ts";

/** How long what is still open may take to close, in milliseconds. */
const LINGER = 100;

const stop = new AbortController();
let received: NodeJS.Signals | undefined;

function onSignal(signal: NodeJS.Signals): void {
  received = signal;
  // The next one ends the process at once.
  for (const name of ["SIGINT", "SIGTERM"] as const) process.off(name, onSignal);
  stop.abort(new Error(`ended by ${signal}`));
}

for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, onSignal);

try {
  process.exitCode = await run(process.argv.slice(2), { signal: stop.signal });
  // Standard input may have more to say, and a peer too (--no-wait): nobody waits for them. But what has
  // nothing open ends by itself; `process.exit()` may wait for ever for a thread of V8.
  process.stdin.destroy();
  setTimeout(() => process.exit(), LINGER).unref();
} catch (error) {
  if (received === undefined) throw error;
  // What was aborted is cleaned up. Shells want to see that the signal itself ended the process.
  process.kill(process.pid, received);
}
