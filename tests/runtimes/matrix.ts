import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHROMIUM, Running } from "@aw/testing";
import { exampleOf } from "../readmes.ts";
import { binaries } from "./binaries.ts";
import { bundleExample, bundleKit, bundleProgram, type Platform } from "./kit/bundle.ts";
import { inChromium } from "./kit/chromium.ts";
import { inFirefox } from "./kit/firefox.ts";
import type { Outcome } from "./kit/collected.ts";
import { outcomeIn, outcomeInWorker, type ProcessRuntime } from "./kit/process-runtime.ts";
import { startWorker } from "./kit/workerd.ts";

/** Packages that are libraries, and have cases of the kit. */
export const LIBRARIES = [
  "core",
  "node",
  "tcp",
  "tls",
  "websocket",
  "file",
  "compression",
] as const;

/** What runs the packages that it is for. */
export interface Runtime {
  readonly name: string;
  readonly version: string;
  readonly packages: readonly string[];
  /** What came of the cases of a package, its README's example being one of them. */
  run(name: string): Promise<Outcome>;
}

const NONE: Outcome = { passed: 0, skipped: 0, failed: [] };

/** Runs packages on the runtimes there are binaries for. Bundles are made in `scratch`, once each. */
export class Matrix {
  readonly #scratch = mkdtempSync(join(tmpdir(), "aw-runtimes-"));
  readonly #bundles = new Map<string, Promise<string>>();
  /** How many seeded schedules each subject runs, where its test does not say. */
  readonly #seeds: number;

  constructor(seeds: number) {
    this.#seeds = seeds;
  }

  get runtimes(): Runtime[] {
    const processes: ProcessRuntime[] = [
      { name: "Node 22", path: binaries.node22, args: [] },
      { name: "Node 24", path: process.execPath, args: [] },
      { name: "Node 26", path: binaries.node26, args: [] },
      { name: "Deno 2", path: binaries.deno, args: ["run", "--allow-all"] },
      { name: "Bun 1", path: binaries.bun, args: [] },
    ];
    const all: Runtime[] = [
      ...processes.filter(({ path }) => path !== "").map((runtime) => this.#process(runtime)),
      {
        name: "worker thread",
        version: process.versions.node,
        packages: LIBRARIES,
        run: async (name) => outcomeInWorker(await this.#kit(name, "node"), this.#seeds),
      },
      {
        name: "Chromium",
        version: versionOf(CHROMIUM.executablePath),
        packages: ["core", "websocket", "compression"],
        run: (name) => this.#browser(inChromium, name),
      },
      {
        name: "Firefox",
        version: versionOf(binaries.firefox),
        packages: binaries.firefox === "" ? [] : ["core", "websocket", "compression"],
        run: (name) => this.#browser(inFirefox, name),
      },
      {
        name: "workerd",
        version: versionOf(binaries.workerd),
        packages: binaries.workerd === "" ? [] : ["core", "websocket", "compression"],
        run: (name) => this.#workerd(name),
      },
    ];
    return all.filter(({ packages }) => packages.length > 0);
  }

  remove(): void {
    rmSync(this.#scratch, { recursive: true });
  }

  #process(runtime: ProcessRuntime): Runtime {
    return {
      name: runtime.name,
      version: versionOf(runtime.path),
      packages: [...LIBRARIES, "cli"],
      run: async (name) => {
        const cases =
          name === "cli"
            ? NONE
            : await outcomeIn(runtime, await this.#kit(name, "node"), this.#seeds);
        const said = name === "cli" ? this.#shell(runtime) : this.#example(runtime, name);
        return added(cases, await said);
      },
    };
  }

  /** Runs the example of a README; resolves with what went wrong, or undefined. */
  async #example({ path, args }: ProcessRuntime, name: string): Promise<string | undefined> {
    const bundle = join(this.#scratch, `${name}.example.mjs`);
    await bundleExample(name, "node", bundle);
    return wrong(new Running(path, [...args, bundle], { cwd: this.#scratch }));
  }

  /** The example of the command, by this runtime. */
  async #shell({ name, path, args }: ProcessRuntime): Promise<string | undefined> {
    const folder = mkdtempSync(join(this.#scratch, "cli-"));
    const main = join(this.#scratch, "cli.main.mjs");
    await bundleProgram(join(import.meta.dirname, "../../packages/cli/src/main.ts"), main);
    const command = [path, ...args, main].map((word) => `"${word}"`);
    writeFileSync(join(folder, "aw"), `#!/bin/sh\nexec ${command.join(" ")} "$@"\n`, {
      mode: 0o755,
    });
    const env = { ...process.env, PATH: `${folder}:${process.env["PATH"]}` };
    const script = exampleOf("cli", "sh");
    const said = await wrong(new Running("bash", ["-ec", script], { cwd: folder, env }));
    return said === undefined ? undefined : `${name}: ${said}`;
  }

  async #browser(inBrowser: typeof inChromium, name: string): Promise<Outcome> {
    const bundle = await this.#kit(name, "browser");
    const provided: Record<string, unknown> = {};
    let stop = async (): Promise<void> => {};
    if (name === "websocket") {
      const path = join(
        import.meta.dirname,
        "../../packages/websocket/test/browser/global-setup.ts",
      );
      const { setup } = (await import(path)) as {
        setup: (project: object) => Promise<() => Promise<void>>;
      };
      stop = await setup({ provide: (key: string, value: unknown) => (provided[key] = value) });
    }
    const { outcome = NONE } = await inBrowser(bundle, provided);
    await stop();
    // Its example listens.
    if (name === "websocket") return outcome;
    const example = join(this.#scratch, `${name}.browser-example.mjs`);
    await bundleExample(name, "browser", example);
    const { printed } = await inBrowser(example);
    return added(outcome, /undefined|Error/.test(printed.join()) ? printed.join("\n") : undefined);
  }

  async #workerd(name: string): Promise<Outcome> {
    const worker = await startWorker(
      await this.#kit(name, "workerd"),
      `import { outcome } from "./${name}.workerd.mjs";
       export default { fetch: async () => Response.json(await outcome()) };`,
    );
    try {
      return JSON.parse(await worker.answer()) as Outcome;
    } finally {
      worker.stop();
    }
  }

  #kit(name: string, platform: Platform): Promise<string> {
    const path = join(this.#scratch, `${name}.${platform}.mjs`);
    const made =
      this.#bundles.get(path) ?? bundleKit(name, platform, path, this.#seeds).then(() => path);
    this.#bundles.set(path, made);
    return made;
  }
}

function added(cases: Outcome, failure: string | undefined): Outcome {
  const name = "the example of the README";
  return failure === undefined
    ? { ...cases, passed: cases.passed + 1 }
    : { ...cases, failed: [...cases.failed, { name, message: failure }] };
}

async function wrong(running: Running): Promise<string | undefined> {
  const { code, signal, stdout, stderr } = await running.ended;
  if (code === 0 && !String(stdout).includes("undefined")) return undefined;
  return `${code ?? signal}\n${String(stdout)}${stderr}`;
}

/** What a program says its version is. */
function versionOf(path: string): string {
  if (path === "") return "";
  const text = execFileSync(path, ["--version"], { encoding: "utf8", stdio: "pipe" });
  return /\d[\d.-]*\w*/.exec(text)?.[0] ?? "";
}
