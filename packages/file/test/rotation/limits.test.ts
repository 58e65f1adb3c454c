import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Calendar } from "../../src/rotation/calendar.ts";
import { Limits } from "../../src/rotation/limits.ts";
import type { LogFile } from "../../src/rotation/log-file.ts";

const HOUR = 3_600_000;
const NOON = Date.UTC(2026, 10, 28, 12);

beforeEach(() => void vi.useFakeTimers({ now: NOON }));
afterEach(() => void vi.useRealTimers());

function fileOf(born: number, size = 1): LogFile {
  return { descriptor: undefined as never, stats: undefined as never, size, born };
}

it("a file is too old from its age on, to the millisecond", () => {
  const limits = new Limits(100, HOUR, undefined);
  expect(limits.maxBytes).toBe(100);
  expect(limits.isExpired(fileOf(NOON - HOUR + 1))).toBe(false);
  expect(limits.isExpired(fileOf(NOON - HOUR))).toBe(true);
  expect(new Limits(100, Infinity, undefined).isExpired(fileOf(0))).toBe(false);
});

it("a file is too old from the end of its hour on", () => {
  const limits = new Limits(100, Infinity, new Calendar("hour", "utc"));
  expect(limits.isExpired(fileOf(NOON))).toBe(false);
  expect(limits.isExpired(fileOf(NOON - 1))).toBe(true);
  vi.setSystemTime(NOON + HOUR - 1);
  expect(limits.isExpired(fileOf(NOON))).toBe(false);
  vi.setSystemTime(NOON + HOUR);
  expect(limits.isExpired(fileOf(NOON))).toBe(true);
});

it("an empty file begins now, however old it is", () => {
  const file = fileOf(0, 0);
  expect(new Limits(100, HOUR, new Calendar("hour", "utc")).isExpired(file)).toBe(false);
  expect(file.born).toBe(NOON);
});

it("a clock that was set back begins the age anew", () => {
  const limits = new Limits(100, HOUR, undefined);
  const file = fileOf(NOON + 10 * HOUR);
  expect([limits.isExpired(file), file.born]).toEqual([false, NOON]);
  vi.setSystemTime(NOON + HOUR);
  expect(limits.isExpired(file)).toBe(true);
  const past = fileOf(NOON);
  limits.isExpired(past);
  expect(past.born).toBe(NOON);
});
