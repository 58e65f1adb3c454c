import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { pathOf } from "../../src/descriptor/path-of.ts";

describe.runIf(process.platform !== "win32")("a path", () => {
  it.each(["file", "a/file", "/a/file", "a\\", "a\\\\", "a/\\", "\\", " ", "a\n", ".hidden"])(
    "may be %j",
    (path) => {
      expect(pathOf("open", path)).toBe(path);
    },
  );

  it.each(["/", "a/", "a//", "a\\/", ""])("may not be %j: that is no file", (path) => {
    expect(() => pathOf("open", path)).toThrow(
      expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
    );
  });
});

it("may be a URL of a file", () => {
  const path = process.platform === "win32" ? "C:\\a b" : "/a b";
  expect(pathOf("open", pathToFileURL(path))).toBe(path);
});

it.each([new URL("http://example.com/file"), new URL("file:///a%2Fb")])(
  "may not be %s, and says why by its cause",
  (url) => {
    expect(() => pathOf("open", url)).toThrow(
      expect.objectContaining({
        code: "ERR_AW_INVALID_ARGUMENT",
        message: expect.stringMatching(/^open: /) as string,
        cause: expect.objectContaining({
          code: expect.stringMatching(/^ERR_INVALID/) as string,
        }) as Error,
      }),
    );
  },
);

it.each(["a\0b", 7, undefined, null, {}])("may not be %j", (path) => {
  expect(() => pathOf("open", path as never)).toThrow(
    expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
  );
});
