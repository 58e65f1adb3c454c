import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** One example: a whole program. */
export interface Example {
  /** A name for its file, and for messages: "tour-12". */
  readonly name: string;
  readonly code: string;
}

/**
 * Imports one example after the other in one process, each in an empty folder of its own, and writes what each printed.
 * Ends by itself only if every example does.
 */
const RUNNER = `
  import { mkdirSync, writeFileSync } from "node:fs";
  import { join } from "node:path";
  import { formatWithOptions } from "node:util";
  const [root, ...names] = process.argv.slice(2);
  const printed = {};
  for (const name of names) {
    // A line that is printed in a loop may come more than once.
    const lines = new Set();
    console.log = (...args) => lines.add(formatWithOptions({ colors: false }, ...args));
    mkdirSync(join(root, "run", name), { recursive: true });
    process.chdir(join(root, "run", name));
    try {
      await import(join(root, "src", name + ".ts"));
    } catch (error) {
      throw new Error("the example " + name + " failed", { cause: error });
    }
    printed[name] = [...lines];
    writeFileSync(join(root, "printed.json"), JSON.stringify(printed));
  }
`;

/** A folder with examples in it, which can be compiled and run as if they stood in a package of the workspace. */
export class ExampleProject implements Disposable {
  readonly folder: string = mkdtempSync(join(tmpdir(), "aw-examples-"));
  readonly #root: string;

  /**
   * @param root the repository
   * @param modules the `node_modules` that imports of the examples resolve in
   */
  constructor(root: string, modules: string, examples: readonly Example[]) {
    this.#root = root;
    symlinkSync(modules, join(this.folder, "node_modules"));
    mkdirSync(join(this.folder, "src"));
    for (const { name, code } of examples) writeFileSync(this.#path(name), code);
    writeFileSync(join(this.folder, "package.json"), '{ "type": "module" }');
    writeFileSync(join(this.folder, "run.mjs"), RUNNER);
  }

  /** What the compiler has to say: nothing, if all is well. */
  compile(): string {
    const config = {
      extends: join(this.#root, "tsconfig.test.json"),
      compilerOptions: {
        rootDir: "/",
        noUnusedLocals: false,
        noUnusedParameters: false,
        typeRoots: [join(this.#root, "node_modules/@types")],
      },
      include: ["src/*.ts"],
    };
    writeFileSync(join(this.folder, "tsconfig.json"), JSON.stringify(config));
    const { stdout, error } = spawnSync("tsc", ["-p", this.folder], { encoding: "utf8" });
    if (error !== undefined) throw error;
    return stdout;
  }

  /** Runs examples by name, one after the other in one process, and returns the lines that each printed. */
  run(names: readonly string[]): Map<string, string[]> {
    const args = ["--conditions=@aw/source", "run.mjs", this.folder, ...names];
    execFileSync(process.execPath, args, {
      cwd: this.folder,
      encoding: "utf8",
      stdio: ["ignore", "ignore", "pipe"],
      timeout: 100_000,
    });
    const printed = JSON.parse(readFileSync(join(this.folder, "printed.json"), "utf8")) as object;
    return new Map(Object.entries(printed));
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }

  #path(name: string): string {
    return join(this.folder, "src", `${name}.ts`);
  }
}

/** What an example says that it prints: the comments behind its `console.log`. */
export function promisedLines(code: string): string[] {
  return [...code.matchAll(/console\.log\(.*\)[;,] \/\/ (.*)$/gm)].map(
    ([, printed = ""]) => printed,
  );
}
