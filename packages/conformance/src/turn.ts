interface Port {
  onmessage: (() => void) | null;
  postMessage(message: unknown): void;
}

interface Host {
  setImmediate?: (callback: () => void) => unknown;
  navigator?: { userAgent?: string };
  MessageChannel: new () => { port1: Port; port2: Port };
}

const { setImmediate, navigator, MessageChannel } = globalThis as unknown as Host;

const waiting: (() => void)[] = [];
let port: Port | undefined;

/** Resolves in a later turn of the event loop: what was scheduled before has run. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    if (setImmediate !== undefined) setImmediate(resolve);
    // Cloudflare's workers deliver messages in a microtask.
    else if (navigator?.userAgent === "Cloudflare-Workers") setTimeout(resolve, 0);
    else post(resolve);
  });
}

/** Timers of browsers take 4 ms each once one sets the next; a message takes what the turn takes. */
function post(callback: () => void): void {
  waiting.push(callback);
  port ??= openPort();
  port.postMessage(null);
}

function openPort(): Port {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => waiting.shift()?.();
  return port2;
}
