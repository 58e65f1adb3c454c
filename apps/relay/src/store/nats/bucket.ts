import type { JetStreamClient, JetStreamManager, PubAck, StoredMsg } from "@nats-io/jetstream";
import type { MsgHdrs } from "@nats-io/transport-node";
import { retry } from "../retry.ts";
import { isGone, isTemporary, Unreachable } from "./nats-failure.ts";
import type { NatsLink } from "./nats-link.ts";
import { toBase64 } from "./to-base64.ts";

/** How long one attempt may take, in milliseconds. A leader that has died never answers; the next one is there in some seconds. */
const ATTEMPT_MS = 3000;

export interface PublishOptions {
  /** JetStream stores what has the same one within two minutes once, however often it is sent. */
  msgID: string;
  /** Refuses it if the subject has a message already. */
  isFirst?: boolean;
  /** Replaces all of its subject. */
  rollup?: boolean;
  signal?: AbortSignal | undefined;
  /** Is given each attempt, which goes on after an abort. */
  onAttempt?: (attempt: Promise<unknown>) => void;
}

/** The official client, as far as it is needed here. It is loaded when a store is asked for. */
export interface NatsClient {
  link: NatsLink;
  js: JetStreamClient;
  jsm: JetStreamManager;
  makeHeaders: () => MsgHdrs;
}

/** What was published, and whether it was sent more than once. */
export interface Published {
  seq: number;
  wasRepeated: boolean;
}

/** The stream of one JetStream object store, as the format of NATS has it (ADR-20): chunks, and an info for each object. */
export class Bucket {
  readonly name: string;
  readonly client: NatsClient;
  /** How often a request was retried. */
  retries = 0;
  readonly #withinMs: number;

  /** @param withinMs how long a request that fails for the moment is retried */
  constructor(name: string, client: NatsClient, withinMs: number) {
    this.name = name;
    this.client = client;
    this.#withinMs = withinMs;
  }

  get stream(): string {
    return `OBJ_${this.name}`;
  }

  /** Of the chunks of one object; "*" for all. */
  chunksOf(id: string): string {
    return `$O.${this.name}.C.${id}`;
  }

  /** Of the info of one object. */
  infoOf(id: string): string {
    return `$O.${this.name}.M.${toBase64(Buffer.from(id))}`;
  }

  /** Of the infos of all. */
  get infos(): string {
    return `$O.${this.name}.M.>`;
  }

  /** Resolves once JetStream has it: on the disks of most replicas, in so far as they sync. */
  async publish(
    subject: string,
    payload: Uint8Array | string,
    { msgID, isFirst = false, rollup = false, signal, onAttempt }: PublishOptions,
  ): Promise<Published> {
    const { js, makeHeaders } = this.client;
    const headers = makeHeaders();
    if (rollup) headers.set("Nats-Rollup", "sub");
    const expect = isFirst ? { expect: { lastSubjectSequence: 0 } } : {};
    let attempts = 0;
    const ack = await this.retry(`publish ${msgID}`, signal, async (timeout) => {
      attempts++;
      const publishing = js.publish(subject, payload, { msgID, timeout, headers, ...expect });
      onAttempt?.(publishing);
      const answer: PubAck = await publishing;
      // A duplicate of one that a leader has taken, and maybe lost: asked again, it is known.
      if (answer.seq === 0) throw new Unreachable(`${msgID} has no place in the stream`);
      return answer;
    });
    return { seq: ack.seq, wasRepeated: attempts > 1 || ack.duplicate };
  }

  /** How many messages each subject has. */
  async count(filter: string, signal?: AbortSignal): Promise<Map<string, number>> {
    const info = await this.retry("stream info", signal, () =>
      this.client.jsm.streams.info(this.stream, { subjects_filter: filter }),
    );
    return new Map(Object.entries(info.state.subjects ?? {}));
  }

  /** The latest message of a subject, as the leader has it. */
  async latest(subject: string, signal?: AbortSignal): Promise<StoredMsg | undefined> {
    const message = await this.retry("get message", signal, () =>
      this.client.jsm.streams.getMessage(this.stream, { last_by_subj: subject }),
    );
    return message ?? undefined;
  }

  /** Removes one message; one that is not there is removed already. */
  async remove(seq: number, signal?: AbortSignal): Promise<void> {
    await this.retry("remove message", signal, async () => {
      try {
        await this.client.jsm.streams.deleteMessage(this.stream, seq, false);
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    });
  }

  /** Repeats a request that fails for the moment. @param attempt is given the milliseconds that it may take */
  retry<T>(
    what: string,
    signal: AbortSignal | undefined,
    attempt: (timeout: number) => Promise<T>,
  ): Promise<T> {
    const once = async (leftMs: number): Promise<T> => {
      const timeout = Math.max(1, Math.min(ATTEMPT_MS, leftMs));
      await this.client.link.connected(timeout);
      return await attempt(timeout);
    };
    return retry(once, {
      attempt: `${what} in bucket ${this.name}`,
      withinMs: this.#withinMs,
      signal,
      isTemporary,
      onRetry: () => this.retries++,
    });
  }
}
