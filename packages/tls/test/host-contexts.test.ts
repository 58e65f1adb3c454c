import { expect, it } from "vitest";
import { HostContexts } from "../src/host-contexts.ts";

const contexts = new HostContexts({ "A.example": {}, "*.b.example": {}, "c.b.example": {} }, {});

it.each([
  ["a.example", true],
  ["A.EXAMPLE", true],
  ["www.b.example", true],
  ["w.b.example", true],
  ["WWW.B.example", true],
  ["b.example", false],
  [".b.example", false],
  ["x.www.b.example", false],
  ["www.a.example", false],
  ["localhost", false],
  ["", false],
])(
  "a name has the certificate of its host, or of a wildcard for its first label: %j %s",
  (name, has) => {
    expect(contexts.find(name) !== undefined).toBe(has);
  },
);

it("a host goes before a wildcard", () => {
  expect(contexts.find("c.b.example")).not.toBe(contexts.find("d.b.example"));
  expect(contexts.find("e.b.example")).toBe(contexts.find("d.b.example"));
});
