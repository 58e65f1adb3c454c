import { fileURLToPath } from "node:url";
import { Running } from "@aw/testing";
import { expect, it } from "vitest";

const INDEX = fileURLToPath(new URL("../src/index.ts", import.meta.url));

it("is imported without Node's HTTP, which takes ten times as long to load", async () => {
  const program = `
    await import(${JSON.stringify(INDEX)});
    console.log(process.moduleLoadList.filter((name) => /undici|_http_/.test(name)).join(", "));
  `;
  const args = ["--conditions=@aw/source", "--input-type=module", "--eval", program];
  const { stdout, stderr, code } = await new Running(process.execPath, args).ended;
  expect({ said: stdout.toString().trim(), stderr, code }).toEqual({
    said: "",
    stderr: "",
    code: 0,
  });
});
