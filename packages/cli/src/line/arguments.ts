import { parseArgs } from "node:util";
import { LAYERS, type LayerName } from "./layer-options.ts";
import type { Option, Options } from "./options.ts";
import type { Kind } from "./target.ts";
import { usage } from "./usage.ts";

/** A layer as it stands on the command line. */
export interface NamedLayer {
  readonly name: LayerName;
  readonly value: string | undefined;
}

/** What a command was called with, checked against its options. */
export class Arguments {
  readonly positionals: readonly string[];
  /** In the order of the command line. */
  readonly layers: readonly NamedLayer[];
  readonly #options: Options;
  readonly #values: ReadonlyMap<string, string | undefined>;

  constructor(
    options: Options,
    positionals: readonly string[],
    layers: readonly NamedLayer[],
    values: ReadonlyMap<string, string | undefined>,
  ) {
    this.#options = options;
    this.positionals = positionals;
    this.layers = layers;
    this.#values = values;
  }

  /** Whether an option was given. */
  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** The value of an option, if it was given one. */
  get(name: string): string | undefined {
    return this.#values.get(name);
  }

  /** Refuses options that mean nothing to any of these kinds of target: they would be ignored. */
  checkFor(...kinds: readonly Kind[]): void {
    for (const name of this.#values.keys()) {
      const of = this.#options[name]?.of;
      if (of === undefined || kinds.some((kind) => of.includes(kind))) continue;
      throw usage(`--${name} is only for ${of.join(", ")}`);
    }
  }
}

/**
 * Reads a command line. `parseArgs` splits it; what it can't express is checked here: values that may
 * be left out, layers that may be repeated, and the order of them.
 */
export function parseCommandLine(options: Options, args: readonly string[]): Arguments {
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(options).map(([name, { value, optional, short }]) => [
        name,
        { type: value === undefined || optional ? "boolean" : "string", ...(short && { short }) },
      ]),
    ),
  });
  const positionals: string[] = [];
  const layers: NamedLayer[] = [];
  const values = new Map<string, string | undefined>();
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const { name, rawName, value } = token;
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    if (option === undefined) throw usage(`unknown option ${rawName}`);
    checkValue(option, token);
    if (Object.hasOwn(LAYERS, name)) layers.push({ name: name as LayerName, value });
    else if (values.has(name)) throw usage(`${rawName} is given twice`);
    else values.set(name, value);
  }
  return new Arguments(options, positionals, layers, values);
}

function checkValue(
  { value: hint, optional }: Option,
  token: { rawName: string; value: string | undefined; inlineValue: boolean | undefined },
): void {
  const { rawName, value, inlineValue } = token;
  if (hint === undefined) {
    if (value !== undefined) throw usage(`${rawName} takes no value`);
  } else if (value === "" || (value === undefined && !optional)) {
    throw usage(`${rawName} needs a value: ${rawName}=${hint}`);
  } else if (!inlineValue && value !== undefined && /^-./.test(value)) {
    throw usage(
      `${rawName} needs a value, and ${value} is an option; or write ${rawName}=${value}`,
    );
  }
}
