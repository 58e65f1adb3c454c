import { expect, it } from "vitest";
import { printable } from "../../src/line/printable.ts";

it("a terminal gets no control characters, and text stays as it is", () => {
  expect(printable("\u001B]0;owned\u0007\r\nnext\u009B2J")).toBe(
    "\\x1b]0;owned\\x07\\x0d\\x0anext\\x9b2J",
  );
  expect(printable("gnp.\u202Etxt")).toBe("gnp.\\u202etxt");
  expect(printable("Größe 10 µs, 日本 👩‍💻")).toBe("Größe 10 µs, 日本 👩‍💻");
});
