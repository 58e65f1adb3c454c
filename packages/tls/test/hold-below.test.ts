import { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { expect, it } from "vitest";
import type { Base } from "../src/base.ts";
import { holdBelow } from "../src/hold-below.ts";

function below(): { base: Base; duplex: Duplex } {
  const duplex = new Duplex({ read() {}, write() {} });
  return { base: { duplex } as Partial<Base> as Base, duplex };
}

it("TLS that is not read holds back what is below, and goes on decrypting what it has", () => {
  const { base, duplex } = below();
  const calls: string[] = [];
  const handle = {
    started: 7,
    readStart() {
      calls.push("start");
      return this.started;
    },
    readStop() {
      calls.push("stop");
      return 1;
    },
  };
  holdBelow({ _handle: handle } as unknown as TLSSocket, base);
  expect([handle.readStop(), duplex.isPaused(), calls]).toEqual([0, true, []]);
  expect([handle.readStart(), duplex.isPaused(), calls]).toEqual([7, false, ["start"]]);
});

it.each([null, undefined])("TLS without a handle is left alone: %s", (_handle) => {
  const { base, duplex } = below();
  holdBelow({ _handle } as unknown as TLSSocket, base);
  expect(duplex.isPaused()).toBe(false);
});
