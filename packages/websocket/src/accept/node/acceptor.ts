import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { AsyncWriteError } from "@aw/core";
import { Deadline, reportThrown } from "@aw/core/implementor";
import type { WebSocket, WebSocketServer } from "ws";
import { isNormal } from "../../link/close-error.ts";
import { diagnostics } from "../../link/node/diagnostics.ts";
import { WsLink } from "../../link/node/ws-link.ts";
import { peerOf } from "./accepted.ts";
import type { AcceptOptions } from "./accept-options.ts";
import { reject } from "./rejection.ts";
import { judge, Refusal, refusal } from "./verdict.ts";
import type { UpgradeTaker } from "./upgrade-router.ts";
import { WaitingUpgrade } from "./waiting-upgrade.ts";
import type { Acceptable, WebSocketListener } from "./websocket-listener.ts";

/** Makes a connection of an accepted socket. */
export type MakeConnection<C, T> = (link: WsLink, request: IncomingMessage, accepted: T) => C;

/**
 * What happens to an upgrade until it is a connection: it is counted, judged, and upgraded, or
 * refused. All of it is bounded, in number and in time.
 */
export class Acceptor<C extends Acceptable, T> implements UpgradeTaker {
  readonly path: string | undefined;
  readonly #listener: WebSocketListener<C>;
  readonly #upgrader: WebSocketServer;
  readonly #options: AcceptOptions<T>;
  readonly #make: MakeConnection<C, T>;
  /** Upgrades that are being judged. */
  readonly #judged = new Map<Duplex, Deadline>();
  /** Upgrades whose refusal is being sent. */
  readonly #refused = new Set<Duplex>();

  constructor(
    listener: WebSocketListener<C>,
    upgrader: WebSocketServer,
    options: AcceptOptions<T>,
    make: MakeConnection<C, T>,
  ) {
    this.path = options.path;
    this.#listener = listener;
    this.#upgrader = upgrader;
    this.#options = options;
    this.#make = make;
  }

  take(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const full = this.#full();
    if (full === undefined) void this.#judge(request, socket, head);
    else this.#refuse(socket, full);
  }

  /** No more upgrades: those that are being judged get 503, and no refused client is waited for. */
  stop(): void {
    this.#upgrader.close();
    for (const socket of this.#refused) socket.destroy();
    for (const [socket, deadline] of this.#judged) {
      deadline.clear();
      this.#answer(socket, { status: 503 });
    }
    this.#judged.clear();
  }

  async #judge(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const startedAt = performance.now();
    const waiting = new WaitingUpgrade(socket, head);
    const deadline = this.#deadline(request, socket);
    this.#judged.set(socket, deadline);
    socket.once("close", () => this.#forget(socket));
    const verdict = await judge(request, this.#options);
    // The time was over, it has gone, or the listener has.
    if (!this.#forget(socket)) return;
    const early = waiting.release();
    // Once more after the judgement, which may have taken its time.
    const refused = verdict instanceof Refusal ? verdict : this.#full();
    if (refused !== undefined) this.#refuse(socket, refused);
    else this.#upgrade(request, socket, early, startedAt, (verdict as { accept: T }).accept);
  }

  #deadline(request: IncomingMessage, socket: Duplex): Deadline {
    const { authorizeTimeout = 10_000 } = this.#options;
    const attempt = `websocket: refused ${peerOf(request)}`;
    const late = `authorize did not answer within ${authorizeTimeout} ms (authorizeTimeout)`;
    return new Deadline({ attempt, ms: authorizeTimeout, late }, (error) => {
      this.#judged.delete(socket);
      this.#refuse(socket, new Refusal({ status: 503 }, error));
    });
  }

  /** Returns whether it was still being judged. */
  #forget(socket: Duplex): boolean {
    this.#judged.get(socket)?.clear();
    return this.#judged.delete(socket);
  }

  #upgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    startedAt: number,
    accepted: T,
  ): void {
    // The bytes of the client go to ws from here on, which listens in this turn.
    socket.resume();
    let upgraded = false;
    this.#upgrader.handleUpgrade(request, socket, head, (ws: WebSocket) => {
      upgraded = true;
      const { heartbeat } = this.#options;
      const name = `websocket from ${peerOf(request)}`;
      const link = new WsLink(ws, name, { heartbeat, socket, role: "server", startedAt });
      const ended = this.#listener.add(this.#make(link, request, accepted));
      ws.on("close", (code: number) => ended(isNormal({ code, reason: "" })));
    });
    if (upgraded) return;
    // A bad handshake: ws has answered, and waits until that is read.
    this.#track(socket);
    this.#report(refusal(request, { status: 400 }, "its handshake is not valid").error);
  }

  #full(): Refusal | undefined {
    const { maxConnections = Infinity } = this.#options;
    if (this.#listener.held + this.#judged.size >= maxConnections) {
      const message = `${this.#listener}: refused a connection, ${maxConnections} are open, being judged or untaken; raise maxConnections, or close some`;
      return new Refusal({ status: 503 }, new AsyncWriteError("ERR_AW_LIMIT", message));
    }
    const error = this.#listener.full;
    if (error !== undefined) return new Refusal({ status: 503 }, error);
    const { maxWaiting = 1024 } = this.#options;
    if (this.#judged.size < maxWaiting) return undefined;
    const message = `${this.#listener}: refused a connection, ${maxWaiting} wait for authorize; make it faster, or raise maxWaiting`;
    return new Refusal({ status: 503 }, new AsyncWriteError("ERR_AW_LIMIT", message));
  }

  #refuse(socket: Duplex, { answer, error }: Refusal): void {
    this.#answer(socket, answer);
    this.#report(error);
  }

  #answer(socket: Duplex, answer: Refusal["answer"]): void {
    this.#track(socket);
    reject(socket, answer);
  }

  #track(socket: Duplex): void {
    if (socket.destroyed) return;
    this.#refused.add(socket);
    socket.once("close", () => this.#refused.delete(socket));
  }

  #report(error: AsyncWriteError): void {
    diagnostics.refused(this.#listener.toString(), error);
    try {
      this.#options.onRefused?.(error);
    } catch (cause) {
      reportThrown(new Error(`${this.#listener}: onRefused threw`, { cause }));
    }
  }
}
