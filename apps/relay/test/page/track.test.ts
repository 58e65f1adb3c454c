import { describe, expect, it } from "vitest";
import { Track } from "../../page/src/live/track.ts";
import { TransferTracks } from "../../page/src/live/transfer-tracks.ts";
import type { LayerSample, TransferSample } from "../../src/live/snapshot.ts";

function layer(bytesIn: number, waitedMs = 0, heldBytes: number | null = null): LayerSample {
  return { name: "layer", bytesIn, bytesOut: null, waitedMs, isWaiting: false, heldBytes };
}

function transfer(key: string): TransferSample {
  return {
    key,
    direction: "receive",
    name: key,
    route: "tcp",
    peer: "",
    startedAt: 0,
    reference: null,
    chain: "layer",
    layers: [layer(1)],
    bytesPerSecond: 0,
    expectedBytes: null,
  };
}

describe("a track", () => {
  it("has rates and waiting over the last second", () => {
    const track = new Track();
    track.add(0, [layer(0), layer(0)]);
    track.add(500, [layer(5000, 0), layer(1000, 100)]);
    track.add(1000, [layer(5000, 100), layer(2000, 500)]);
    expect(track.latest).toMatchObject({ rateIn: 5000, rateOut: 2000, growth: 0.4 });
    track.add(1500, [layer(5000, 600), layer(4000, 1000)]);
    expect(track.latest).toMatchObject({ rateIn: 0, rateOut: 3000, growth: 0.8 });
    expect([track.waitShare(0), track.waitShare(1)]).toEqual([0.6, 0.9]);
  });

  it("knows nothing of a rate or a ratio at its first point", () => {
    const track = new Track();
    expect(track.waitShare(0)).toBe(0);
    track.add(0, [layer(0)]);
    expect(track.latest).toMatchObject({ rateIn: 0, growth: null });
    expect(track.waitShare(0)).toBe(0);
  });

  it("forgets what is older than a minute", () => {
    const track = new Track();
    for (let time = 0; time <= 90_000; time += 250) {
      track.add(time, [layer(time, 0, time < 20_000 ? 100 : 7)]);
    }
    expect(track.points[0]?.time).toBe(30_000);
    expect(track.maxHeld(0)).toBe(7);
  });
});

describe("the transfers of a page", () => {
  it("stay for some seconds after their end, the last four of them", () => {
    const tracks = new TransferTracks();
    const names = ["a", "b", "c", "d", "e", "f"];
    tracks.add({ time: 0, transfers: names.map(transfer) });
    tracks.add({ time: 250, transfers: [transfer("f")] });
    const shown = tracks.all.map(({ sample, endedAt }) => `${sample.key} ${endedAt ?? "open"}`);
    expect(shown).toEqual(["f open", "e 250", "d 250", "c 250", "b 250"]);
    tracks.add({ time: 8249, transfers: [] });
    expect(tracks.all).toHaveLength(4);
    tracks.add({ time: 8250, transfers: [] });
    expect(tracks.all.map(({ sample }) => sample.key)).toEqual(["f"]);
  });
});
