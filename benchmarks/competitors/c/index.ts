import { join } from "node:path";
import type { Competitor } from "../../src/competitor.ts";
import { nativeFile, nativeSend } from "../../src/native.ts";
import { compileC } from "../../src/programs.ts";

const program = (): string => compileC(join(import.meta.dirname, "limits.c")) ?? "";

/** A limit: the system calls, and 64 KiB of `memcpy` before them. */
export const competitor: Competitor = {
  countsHeap: false,
  prepare: () => (program() === "" ? "needs gcc" : undefined),
  ways: {
    tcp: { "write(2)": nativeSend(program, "0"), "64 KiB buffer": nativeSend(program, "65536") },
    file: { "write(2)": nativeFile(program, "0"), "64 KiB buffer": nativeFile(program, "65536") },
  },
};
