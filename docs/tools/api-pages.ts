/** Makes a page of each public symbol, of the docstrings in the sources. */
import { globSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { Application, Converter, type Context, type ProjectReflection } from "typedoc";
import { DOCS, ROOT } from "./pages.ts";

interface Manifest {
  name: string;
  private?: boolean;
  exports: Record<string, { "@aw/source"?: string | { default: string } }>;
}

/** Writes the pages to `docs/api`. */
export async function writeApiPages(): Promise<void> {
  rmSync(join(DOCS, "api"), { recursive: true, force: true });
  const app = await typedoc();
  await app.generateOutputs(await convert(app));
}

/** The public symbols of each module: "@aw/core/implementor". */
export async function publicSymbols(): Promise<Map<string, string[]>> {
  const { children = [] } = await convert(await typedoc());
  return new Map(
    children.map(({ name, children: symbols = [] }) => [
      name,
      symbols.map((symbol) => symbol.name),
    ]),
  );
}

async function convert(app: Application): Promise<ProjectReflection> {
  const modules = publicModules();
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context: Context) => {
    for (const module of context.project.children ?? []) {
      const [declaration] = context.getSymbolFromReflection(module)?.declarations ?? [];
      const name = modules.get(declaration?.getSourceFile().fileName ?? "");
      if (name !== undefined) module.name = name;
    }
  });
  const project = await app.convert();
  if (project === undefined) throw new Error("typedoc could not read the sources");
  app.validate(project);
  if (app.logger.hasWarnings()) throw new Error("typedoc has found links that lead nowhere");
  return project;
}

function typedoc(): Promise<Application> {
  const markdown = {
    outputFileStrategy: "members",
    entryFileName: "index",
    hidePageHeader: true,
    useCodeBlocks: true,
    expandObjects: true,
    parametersFormat: "table",
  };
  const options = {
    plugin: ["typedoc-plugin-markdown"],
    entryPoints: [...publicModules().keys()],
    tsconfig: join(DOCS, "tsconfig.api.json"),
    out: join(DOCS, "api"),
    basePath: ROOT,
    name: "API",
    readme: "none",
    excludePrivate: true,
    excludeInternal: true,
    excludeExternals: true,
    disableSources: true,
    // The compiler of the repository has checked them already.
    skipErrorChecking: true,
    validation: { invalidLink: true, notExported: false },
    logLevel: "Warn" as const,
  };
  return Application.bootstrapWithPlugins({ ...options, ...markdown });
}

/** The sources of what can be imported, and its name. */
function publicModules(): Map<string, string> {
  const modules = new Map<string, string>();
  for (const path of globSync("packages/*/package.json", { cwd: ROOT }).toSorted()) {
    const manifest = JSON.parse(readFileSync(join(ROOT, path), "utf8")) as Manifest;
    if (manifest.private === true) continue;
    for (const [subpath, { "@aw/source": given }] of Object.entries(manifest.exports)) {
      const source = typeof given === "object" ? given.default : given;
      if (source !== undefined) {
        modules.set(join(ROOT, dirname(path), source), join(manifest.name, subpath));
      }
    }
  }
  return modules;
}
