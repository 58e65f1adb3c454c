/**
 * Wrong calls of every factory of every package, made from one table: each is refused at once with
 * `ERR_AW_INVALID_ARGUMENT`, names what was wrong, opens nothing and leaves nothing.
 */
import { closeSync, existsSync, openSync, readdirSync } from "node:fs";
import { memory, pipe, type Connection } from "@aw/core";
import { openResources } from "@aw/testing";
import { temporaryFolder } from "@aw/testing/vitest";
import { afterEach, beforeEach, expect, it } from "vitest";
import { FACTORIES, idleServer, type Factory, type Surroundings } from "./factories.ts";
import { KNOWN_FAILURES } from "./known-failures.ts";
import { NO_OPTIONS, shown } from "./wrong.ts";

interface WrongCall {
  readonly title: string;
  readonly named: string | RegExp;
  readonly call: (surroundings: Surroundings) => unknown;
}

const CALLS = FACTORIES.flatMap(callsOf);

/** All wrong calls of one factory. */
function callsOf({ name, call, needed = {}, options = {}, args = [] }: Factory): WrongCall[] {
  const byArgument = args.flatMap((argument) =>
    argument.wrong.map((value) => ({
      title: `${name} ${String(argument.named)} ${shown(value)}`,
      named: argument.named,
      call: (surroundings: Surroundings) => argument.call(value as never, surroundings),
    })),
  );
  if (call === undefined) return byArgument;
  const given = (title: string, named: string | RegExp, value: unknown): WrongCall => ({
    title: `${name} ${title}`,
    named,
    call: (surroundings) => call(value as never, surroundings),
  });
  return [
    ...byArgument,
    ...Object.entries(options).flatMap(([option, values]) =>
      values.map((value) =>
        given(`${option}: ${shown(value)}`, option, { ...needed, [option]: value }),
      ),
    ),
    // A slip of the keyboard in each name.
    ...Object.keys(options).map((option) => {
      const slip = `${option}x`;
      return given(`${slip}: 1`, slip, { ...needed, [slip]: 1 });
    }),
    ...NO_OPTIONS.map((value) => given(`options ${shown(value)}`, /option|writer/, value)),
  ];
}

const folder = temporaryFolder();
/** Where there is a list of them: on Linux. */
const descriptors = (): number => (existsSync(FDS) ? readdirSync(FDS).length : 0);
const FDS = "/proc/self/fd";

/** Is closed when a call opened something all the same, so that the next one starts anew. */
let opened: unknown;
let connection: Connection;
let fd = -1;
beforeEach(() => {
  fd = openSync("/dev/null", "w");
  connection = idleConnection();
});
afterEach(async () => {
  // A handshake that began over it ends.
  connection.abort();
  const result = (await Promise.resolve(opened).catch(() => undefined)) as
    | { abort?: (reason?: unknown) => unknown; destroy?: () => unknown }
    | undefined;
  opened = undefined;
  if (typeof result?.abort === "function") await result.abort();
  else result?.destroy?.();
  try {
    closeSync(fd);
  } catch {
    // What was opened over it by mistake has closed it.
  }
});

it("there are more than 200 wrong calls, each of another name", () => {
  const titles = CALLS.map(({ title }) => title);
  expect(titles.length).toBeGreaterThan(200);
  expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
  // A known failure that is no call any more is not known.
  expect(KNOWN_FAILURES.filter((title) => !titles.includes(title))).toEqual([]);
});

it.each(CALLS.map((each) => [each.title, each] as const))("%s", async (title, wrong) => {
  const outcome = await check(wrong).then(
    () => "right",
    (error: unknown) => error,
  );
  if (!KNOWN_FAILURES.includes(title)) {
    if (outcome !== "right") throw outcome;
  } else if (outcome === "right") {
    throw new Error("it is refused now: take it from the list of known failures");
  }
});

async function check({ named, call }: WrongCall): Promise<void> {
  const inner = memory();
  const server = idleServer();
  const before = { resources: openResources(), descriptors: descriptors() };
  const error = await failureAtOnce(() => call({ inner, connection, server, fd, at: folder.at }));
  expect(error).toMatchObject({ name: "AsyncWriteError", code: "ERR_AW_INVALID_ARGUMENT" });
  expect((error as Error).message).toMatch(new RegExp(named, "i"));
  // Nothing was opened.
  expect(openResources()).toEqual(before.resources);
  expect(descriptors()).toBe(before.descriptors);
  expect(readdirSync(folder.path)).toEqual([]);
  // What it was given is as it was.
  expect([inner.state, inner.bytes().length]).toEqual(["open", 0]);
  expect([connection.state, connection.readable.locked]).toEqual(["open", false]);
  expect(server.eventNames()).toEqual(idleServer().eventNames());
}

/** The failure of a call, which must come before the event loop turns. */
async function failureAtOnce(call: () => unknown): Promise<unknown> {
  let result;
  try {
    result = call();
  } catch (error) {
    return error;
  }
  opened = result;
  if (!(result instanceof Promise)) throw new Error("it was accepted");
  const late = Symbol("late");
  const turn = new Promise((resolve) => setImmediate(resolve, late));
  const outcome = await Promise.race([
    result.then(
      () => new Error("it was accepted"),
      (error: unknown) => ({ error }),
    ),
    turn,
  ]);
  if (outcome === late) throw new Error("it was not refused at once");
  if (outcome instanceof Error) throw outcome;
  return (outcome as { error: unknown }).error;
}

/** A connection on which nothing moves. */
function idleConnection(): Connection {
  const { writer } = pipe();
  const { reader, readable } = pipe();
  return Object.assign(writer, { reader, readable });
}
