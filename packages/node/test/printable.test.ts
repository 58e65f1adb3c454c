import { printable } from "@aw/node";
import { expect, it } from "vitest";

it.each([
  ["plain text, ünïcode: 漢字 🙂", "plain text, ünïcode: 漢字 🙂"],
  ["\u0000\u001F\u007F\u009F", "\\u0000\\u001f\\u007f\\u009f"],
  ["a\r\nb", "a\\u000d\\u000ab"],
  ["\u2028\u202E\u2066\u2069", "\\u2028\\u202e\\u2066\\u2069"],
  ["\u0020\u007E\u00A0\u2027\u202F\u2065\u206A", "\u0020\u007E\u00A0\u2027\u202F\u2065\u206A"],
])("what a terminal would obey stands escaped: %j", (text, shown) => {
  expect(printable(text)).toBe(shown);
});
