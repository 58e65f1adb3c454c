import { jetstreamManager } from "@nats-io/jetstream";
import { Objm } from "@nats-io/obj";
import { connect, type NatsConnection } from "@nats-io/transport-node";

interface Info {
  name: string;
  nuid: string;
  deleted?: boolean;
}

/** A bucket as others see it: read by the object store client of NATS, and by its stream. */
export class ForeignBucket implements AsyncDisposable {
  readonly #connection: NatsConnection;
  readonly name: string;

  private constructor(connection: NatsConnection, name: string) {
    this.#connection = connection;
    this.name = name;
  }

  static async connect(servers: string | string[], name: string): Promise<ForeignBucket> {
    return new ForeignBucket(await connect({ servers }), name);
  }

  /** Every object, by its name. */
  async contents(): Promise<Map<string, Buffer>> {
    const objects = await new Objm(this.#connection).open(this.name);
    const contents = new Map<string, Buffer>();
    for (const { name } of await objects.list()) {
      contents.set(name, Buffer.from((await objects.getBlob(name)) ?? []));
    }
    return contents;
  }

  /**
   * Every object, by its name, as the leader of the stream has it: message by message, without a consumer. Consumers read
   * from whatever server they are on, also from one that has not caught up yet.
   */
  async contentsOfLeader(): Promise<Map<string, Buffer>> {
    const jsm = await jetstreamManager(this.#connection);
    const stream = `OBJ_${this.name}`;
    const { first_seq, last_seq } = (await jsm.streams.info(stream)).state;
    const chunks = new Map<string, Uint8Array[]>();
    const infos: Info[] = [];
    for (let seq = first_seq; seq <= last_seq; seq++) {
      const message = await jsm.streams.getMessage(stream, { seq });
      if (message === null) continue; // removed
      const [, , kind, id = ""] = message.subject.split(".");
      if (kind === "M") infos.push(message.json());
      else chunks.set(id, [...(chunks.get(id) ?? []), message.data]);
    }
    const whole = infos.filter(({ deleted }) => deleted !== true);
    return new Map(whole.map(({ name, nuid }) => [name, Buffer.concat(chunks.get(nuid) ?? [])]));
  }

  /** Ids that have chunks, and no object. */
  async orphans(): Promise<string[]> {
    const jsm = await jetstreamManager(this.#connection);
    const filter = `$O.${this.name}.C.>`;
    const { state } = await jsm.streams.info(`OBJ_${this.name}`, { subjects_filter: filter });
    const objects = await new Objm(this.#connection).open(this.name);
    const names = new Set((await objects.list()).map(({ name }) => name));
    const ids = Object.keys(state.subjects ?? {}).map((subject) =>
      subject.slice(filter.length - 1),
    );
    return ids.filter((id) => !names.has(id));
  }

  /** Publishes chunks as a relay does that is killed then. */
  async publishChunks(id: string, count: number): Promise<void> {
    const js = (await jetstreamManager(this.#connection)).jetstream();
    for (let n = 0; n < count; n++) await js.publish(`$O.${this.name}.C.${id}`, "chunk");
  }

  /** Removes the first messages of the stream, as an operator does who makes room. */
  async removeFirst(count: number): Promise<void> {
    const jsm = await jetstreamManager(this.#connection);
    await jsm.streams.purge(`OBJ_${this.name}`, { seq: count + 1 });
  }

  /** The name of the server that leads its stream. */
  async leader(): Promise<string | undefined> {
    const jsm = await jetstreamManager(this.#connection);
    return (await jsm.streams.info(`OBJ_${this.name}`)).cluster?.leader;
  }

  /** From now on the bucket takes no more than this. */
  async limitBytes(bytes: number): Promise<void> {
    const jsm = await jetstreamManager(this.#connection);
    await jsm.streams.update(`OBJ_${this.name}`, { max_bytes: bytes });
  }

  /** As other programs do. */
  async put(name: string, text: string): Promise<void> {
    await (await new Objm(this.#connection).open(this.name)).putBlob({ name }, Buffer.from(text));
  }

  async remove(name: string): Promise<void> {
    await (await new Objm(this.#connection).open(this.name)).delete(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection.close();
  }
}
