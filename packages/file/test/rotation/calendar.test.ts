import { isMainThread } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import { Calendar } from "../../src/rotation/calendar.ts";

const zone = process.env["TZ"];
afterEach(() => {
  if (zone === undefined) delete process.env["TZ"];
  else process.env["TZ"] = zone;
});

// The zone of a process can't be changed in a thread of it.
describe.runIf(isMainThread)("the calendar in a zone", () => {
  it.each([
    ["Europe/Berlin", "day", "2026-03-29T00:30+01:00", "2026-03-30T00:00+02:00"],
    ["Europe/Berlin", "day", "2026-10-25T12:00+01:00", "2026-10-26T00:00+01:00"],
    // Midnight does not exist there on that day.
    ["Africa/Cairo", "day", "2026-04-23T12:00+02:00", "2026-04-24T01:00+03:00"],
    ["Europe/Berlin", "hour", "2026-10-25T02:30+02:00", "2026-10-25T02:00+01:00"],
    ["Europe/Berlin", "hour", "2026-10-25T02:30+01:00", "2026-10-25T03:00+01:00"],
    ["Asia/Kolkata", "hour", "2026-06-01T10:59:59.999+05:30", "2026-06-01T11:00+05:30"],
  ] as const)("%s: the %s of %s ends at %s", (timeZone, every, time, end) => {
    process.env["TZ"] = timeZone;
    const calendar = new Calendar(every, "local");
    expect(new Date(calendar.endOf(Date.parse(time))).toISOString()).toBe(
      new Date(end).toISOString(),
    );
  });

  it("counts in UTC if asked to, whatever the zone", () => {
    process.env["TZ"] = "America/Los_Angeles";
    const time = Date.parse("2026-11-28T23:59:59.999Z");
    expect(new Calendar("day", "utc").endOf(time)).toBe(time + 1);
    expect(new Calendar("hour", "utc").endOf(time)).toBe(time + 1);
    expect(new Calendar("hour", "utc").nameOf(time)).toBe("2026-11-28T23");
    expect(new Calendar("day", "local").nameOf(time)).toBe("2026-11-28");
    expect(new Calendar("hour", "local").nameOf(time)).toBe("2026-11-28T15");
  });
});

describe("the calendar in UTC", () => {
  it.each([
    ["day", "2026-11-28T00:00:00.000Z", "2026-11-29T00:00Z", "2026-11-28"],
    ["day", "2026-11-28T23:59:59.999Z", "2026-11-29T00:00Z", "2026-11-28"],
    ["day", "2026-12-31T12:00:00.000Z", "2027-01-01T00:00Z", "2026-12-31"],
    ["day", "2028-02-28T12:00:00.000Z", "2028-02-29T00:00Z", "2028-02-28"],
    ["hour", "2026-11-28T23:00:00.000Z", "2026-11-29T00:00Z", "2026-11-28T23"],
    ["hour", "2026-01-02T03:04:05.006Z", "2026-01-02T04:00Z", "2026-01-02T03"],
    ["hour", "2026-01-02T03:59:59.999Z", "2026-01-02T04:00Z", "2026-01-02T03"],
  ] as const)("the %s of %s ends at %s, and is called %s", (every, time, end, name) => {
    const calendar = new Calendar(every, "utc");
    expect(calendar.endOf(Date.parse(time))).toBe(Date.parse(end));
    expect(calendar.nameOf(Date.parse(time))).toBe(name);
  });
});

/** In whatever zone these tests run: a name ends with its day or hour. */
describe.each(["day", "hour"] as const)("the calendar of local time, by the %s", (every) => {
  const calendar = new Calendar(every, "local");

  it("has another name from the end on, and the same one until then", () => {
    const MINUTES = 60_000;
    const start = Date.parse("2026-01-01T00:00:30.500Z");
    for (let time = start; time < start + 400 * 86_400_000; time += 317 * MINUTES) {
      const end = calendar.endOf(time);
      expect(end).toBeGreaterThan(time);
      expect(calendar.nameOf(end - 1)).toBe(calendar.nameOf(time));
      expect(end - time).toBeLessThanOrEqual(every === "day" ? 25 * 3_600_000 : 3_600_000);
      if (every === "day") expect(calendar.nameOf(end)).not.toBe(calendar.nameOf(time));
    }
  });

  it("is called as the clock on the wall says", () => {
    const name = every === "day" ? "2026-03-04" : "2026-03-04T05";
    expect(calendar.nameOf(new Date(2026, 2, 4, 5, 6, 7).getTime())).toBe(name);
    const end = every === "day" ? new Date(2026, 2, 5) : new Date(2026, 2, 4, 6);
    expect(calendar.endOf(new Date(2026, 2, 4, 5, 6, 7).getTime())).toBe(end.getTime());
  });
});
