import type { LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";
import { describe, expect, it } from "vitest";
import { resolveHost } from "../src/resolve-host.ts";

const four = (last: number): LookupAddress => ({ address: `192.0.2.${last}`, family: 4 });
const six = (last: number): LookupAddress => ({ address: `2001:db8::${last}`, family: 6 });

/** A resolver that knows one host. */
function knows(addresses: LookupAddress[], asked: unknown[] = []): LookupFunction {
  return (name, options, done) => {
    asked.push(name, options);
    done(null, addresses);
  };
}

describe("the addresses of a host", () => {
  it.each([
    ["192.0.2.1", [{ address: "192.0.2.1", family: 4 }]],
    ["2001:db8::1", [{ address: "2001:db8::1", family: 6 }]],
  ])("are itself, if it is an address: %s", async (host, addresses) => {
    const asked: unknown[] = [];
    expect(await resolveHost(host, knows([], asked))).toEqual(addresses);
    expect(asked).toEqual([]);
  });

  it("are all that the resolver knows", async () => {
    const asked: unknown[] = [];
    expect(await resolveHost("a.example", knows([four(1), four(2)], asked))).toEqual([
      four(1),
      four(2),
    ]);
    expect(asked).toEqual(["a.example", { all: true }]);
  });

  it.each([
    [
      [four(1), four(2), four(3), six(1), six(2)],
      [four(1), six(1), four(2), six(2), four(3)],
    ],
    [
      [six(1), four(1), four(2), four(3)],
      [six(1), four(1), four(2), four(3)],
    ],
    [
      [four(1), six(1), six(2), six(3)],
      [four(1), six(1), six(2), six(3)],
    ],
    [[], []],
  ])("take turns by their family, that of the first one first: %j", async (found, order) => {
    expect(await resolveHost("a.example", knows(found))).toEqual(order);
  });

  it("are only those of the family of the local address", async () => {
    const found = [four(1), six(1), four(2), six(2)];
    expect(await resolveHost("a.example", knows(found), "::1")).toEqual([six(1), six(2)]);
    expect(await resolveHost("a.example", knows(found), "127.0.0.1")).toEqual([four(1), four(2)]);
    expect(await resolveHost("a.example", knows([four(1)]), "::1")).toEqual([]);
  });

  it("may come one at a time, as resolvers answer that know no `all`", async () => {
    const old: LookupFunction = (_name, _options, done) => done(null, "2001:db8::1", 6);
    expect(await resolveHost("a.example", old)).toEqual([six(1)]);
    const older: LookupFunction = (_name, _options, done) => done(null, "192.0.2.1");
    expect(await resolveHost("a.example", older)).toEqual([four(1)]);
  });

  it("are asked of the system by default", async () => {
    const found = await resolveHost("localhost");
    expect(found.map(({ address }) => address)).toContain("127.0.0.1");
  });

  it("fail with the resolver's error", async () => {
    const failing: LookupFunction = (_name, _options, done) => done(new Error("ENOTFOUND"), "");
    await expect(resolveHost("a.example", failing)).rejects.toThrow("ENOTFOUND");
    const broken: LookupFunction = () => {
      throw new Error("no resolver here");
    };
    await expect(resolveHost("a.example", broken)).rejects.toThrow("no resolver here");
  });
});
