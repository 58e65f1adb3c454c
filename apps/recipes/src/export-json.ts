/**
 * Writes rows to a JSON file that others read at any moment: they see the old export or the new one, whole.
 *
 *     node export-json.ts catalog.json
 *
 * The rows are never in memory together. If the source fails, the disk is full, the signal fires or the
 * process is killed, the old file stays as it was.
 */
import { copy } from "@aw/core";
import { open } from "@aw/file";

/** Resolves once the new export is in place and on the disk. */
export async function exportJson(
  path: string,
  rows: AsyncIterable<unknown>,
  options: { signal?: AbortSignal } = {},
): Promise<void> {
  // Leaving this function without `close` aborts, and an abort leaves `path` alone.
  await using out = await open(path, { atomic: true });
  await copy(jsonArray(rows), out, options);
  await out.close();
}

async function* jsonArray(rows: AsyncIterable<unknown>): AsyncGenerator<string> {
  let separator = "[\n";
  for await (const row of rows) {
    yield separator + JSON.stringify(row);
    separator = ",\n";
  }
  yield separator === "[\n" ? "[]\n" : "\n]\n";
}

if (import.meta.main) {
  const [path = "catalog.json"] = process.argv.slice(2);
  await exportJson(path, catalog());
}

async function* catalog(): AsyncGenerator {
  for (let id = 1; id <= 100_000; id++) yield { id, name: `product ${id}` };
}
