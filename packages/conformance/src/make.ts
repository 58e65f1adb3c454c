import type { AsyncWrite } from "@aw/core";
import type { MakeOptions } from "./case.ts";
import { Driver } from "./driver.ts";
import type { Deferred } from "./patience.ts";
import { Destination } from "./instruments/destination.ts";
import type { Factory, LayerFactory, LayerSubject, Subject } from "./subject.ts";
import { turn } from "./turn.ts";

/** How the writer under test is made: on its own, or in front of the kit's destination. */
export interface Maker {
  readonly factory?: Factory | undefined;
  readonly layer?: LayerFactory | undefined;
  readonly decode?: ((bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>) | undefined;
  readonly isComplete?: ((bytes: Uint8Array) => boolean | Promise<boolean>) | undefined;
  readonly patience: number;
}

const DEFAULT_ROOM: number = 4 * 1024 * 1024;

/** The steps that subjects asked to run later. */
export class LaterQueue implements Deferred {
  readonly #steps: (() => void)[] = [];
  readonly #pick: (count: number) => number;
  readonly #byItself: boolean;
  #isScheduled = false;

  /**
   * @param byItself whether steps also run when nobody runs them, in a later turn
   * @param pick which of so many steps runs next
   */
  constructor(byItself: boolean, pick: (count: number) => number = () => 0) {
    this.#byItself = byItself;
    this.#pick = pick;
  }

  later(step: () => void): void {
    this.#steps.push(step);
    if (this.#byItself) this.#schedule();
  }

  /** One turn for all steps: mostly the driver runs them before, and some platforms allow few timers. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    void turn().then(() => {
      this.#isScheduled = false;
      for (let count = this.#steps.length; count > 0; count--) this.runOne();
    });
  }

  runOne(): boolean {
    const [step] = this.#steps.splice(this.#pick(this.#steps.length), 1);
    step?.();
    return step !== undefined;
  }
}

/** Makes a subject, and the driver of it. */
export async function makeDriver(
  maker: Maker,
  options: MakeOptions,
  queue: LaterQueue,
): Promise<Driver> {
  const { room = DEFAULT_ROOM, under, isVectored } = options;
  const factoryOptions = { room, later: (step: () => void) => queue.later(step) };
  if (maker.factory !== undefined) {
    return new Driver(await maker.factory(factoryOptions), undefined, queue, maker.patience);
  }
  const limit = options.full === true ? { room } : {};
  const destination = new Destination({ ...limit, isVectored });
  const inner = under === undefined ? destination : under(destination);
  const made = await maker.layer?.(inner, factoryOptions);
  if (made === undefined) throw new TypeError("conformanceCases needs a factory or a layer");
  const subject = layerSubject(maker, destination, made);
  return new Driver(subject, destination, queue, maker.patience);
}

function layerSubject(
  { decode, isComplete }: Maker,
  destination: Destination,
  made: AsyncWrite | LayerSubject,
): Subject {
  const own = "writer" in made ? made : { writer: made };
  const raw = () => destination.bytes();
  return {
    ...own,
    raw,
    delivered: async () => (decode === undefined ? raw() : await decode(raw())),
    finished: async () =>
      isComplete === undefined ? destination.isClosed : await isComplete(raw()),
    fail: (error) => destination.fail(error),
    stall: () => destination.stall(),
    release: () => destination.release(),
  };
}

/** Releases a subject: of its writer too, if it is still open. */
export async function cleanUp({ subject, writer }: Driver): Promise<void> {
  writer.abort?.(new Error("the case is over"));
  await subject.cleanup?.();
}
