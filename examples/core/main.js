import { meter, pipe } from "@aw/core";

const out = document.querySelector("#out");

document.querySelector("#run").addEventListener("click", () => void run());

async function run() {
  out.textContent = "";
  const { writer, reader } = pipe({ capacity: 64 * 1024 });
  const counted = meter(writer);

  // The slow end: takes a little, and pauses.
  let taken = 0;
  let mostHeld = 0;
  const reading = (async () => {
    const piece = new Uint8Array(32 * 1024);
    for (;;) {
      mostHeld = Math.max(mostHeld, counted.bytes - taken);
      const length = await reader.readInto(piece);
      if (length === 0) return;
      taken += length;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();

  // The fast end: each `await` waits until there is room.
  const chunk = new Uint8Array(16 * 1024);
  for (let index = 0; index < 64; index++) await counted.writeAll(chunk);
  await counted.close();
  await reading;

  out.textContent = `written ${counted.bytes}, read ${taken}\nheld at most ${mostHeld} bytes\n`;
}
