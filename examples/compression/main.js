import { gunzip, gzip } from "@aw/compression";
import { inspect, memory } from "@aw/core";

const text = document.querySelector("#text");
const out = document.querySelector("#out");

async function show() {
  const lines = text.value.split("\n").map((line) => `${line}\n`);
  const [atOnce, perLine] = [await compressed(lines, false), await compressed(lines, true)];
  out.textContent =
    `text: ${atOnce.text.length} characters\n` +
    `gzip, one flush at the end: ${atOnce.size} bytes\n` +
    `gzip, a flush for each line: ${perLine.size} bytes\n` +
    `the other end has: ${JSON.stringify(perLine.text.slice(0, 40))}\n`;
}

/** Sends lines through gzip and gunzip; how many bytes were on the way, and what arrived. */
async function compressed(lines, flushEach) {
  let size = 0;
  const target = memory();
  const onTheWay = inspect(gunzip(target), (bytes) => (size += bytes.length));
  const writer = gzip(onTheWay);
  for (const line of lines) {
    await writer.writeAll(line);
    if (flushEach) await writer.flush();
  }
  await writer.close();
  return { size, text: target.text() };
}

text.addEventListener("input", () => void show());
await show();
