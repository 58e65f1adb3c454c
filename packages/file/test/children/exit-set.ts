/**
 * Log destinations whose writers have ended, in each way there is: exit-set.ts FOLDER. Prints what is
 * reported when the process ends, and how many of them are still held in memory.
 */
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { logDestination, open, rotating, type FileWriter } from "@aw/file";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;
const folder = process.argv[2] ?? "";
const reports: string[] = [];
let isExiting = false;

const ENDS: Record<string, (out: FileWriter, end: () => Promise<void>) => unknown> = {
  abort: (out) => out.abort(),
  close: (out) => out.close(),
  end: (_, end) => end(),
  "end and abort": (out, end) => [end(), out.abort()],
};

async function use(out: FileWriter, name: string): Promise<WeakRef<object>> {
  const destination = logDestination(out, {
    onError: ({ code }, lost) => {
      if (isExiting) reports.push(`${name}: ${code} ${lost}`);
    },
  });
  destination.write("a line\n");
  destination.flushSync();
  await ENDS[name]?.(out, () => new Promise<void>((resolve) => destination.end(() => resolve())));
  return new WeakRef(destination);
}

const held: WeakRef<object>[] = [];
for (const name of Object.keys(ENDS)) {
  held.push(await use(await open(join(folder, name), { flags: "a" }), name));
  held.push(await use(await rotating(join(folder, `${name}.rotating`), { maxBytes: 100 }), name));
}
for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
gc();
const alive = held.filter((each) => each.deref() !== undefined).length;

// One that is logged to after its end has lines to report, and is held until it has.
const late = await open(join(folder, "late"), { flags: "a" });
const destination = logDestination(late, {
  onError: ({ code }, lost) => reports.push(`late: ${code} ${lost}`),
});
late.abort();
for (let line = 0; line < 3; line++) destination.write("lost\n");

isExiting = true;
process.on("exit", () => process.stdout.write(JSON.stringify({ alive, reports })));
