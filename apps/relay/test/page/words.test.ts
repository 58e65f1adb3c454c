import { describe, expect, it } from "vitest";
import { bytes, duration, plural } from "../../page/src/format.ts";
import { Track } from "../../page/src/live/track.ts";
import { uploadName } from "../../page/src/upload/upload-name.ts";
import { reachesSource, waitingCount, whoWaits } from "../../page/src/view/pressure.ts";
import { stationsOfTransfer, stationsOfUpload } from "../../page/src/view/stations.ts";
import { checkUploadName } from "../../src/ingest/upload-name.ts";
import type { LayerSample, TransferSample } from "../../src/live/snapshot.ts";

/** Layers of these names; those that are in `slow` have made the one above wait for all of the second. */
function track(names: readonly string[], slow: readonly string[]): Track {
  const at = (time: number): LayerSample[] =>
    names.map((name) => ({
      name,
      bytesIn: time,
      bytesOut: null,
      waitedMs: slow.includes(name) ? time : 0,
      isWaiting: slow.includes(name),
      heldBytes: null,
    }));
  const made = new Track();
  made.add(0, at(0));
  made.add(1000, at(1000));
  return made;
}

describe("who waits for whom", () => {
  const page = track(
    ["sha256", "gzip(6)", "websocket ws://relay"],
    ["gzip(6)", "websocket ws://relay"],
  );
  const relay = track(
    ["gunzip", "sha256", "throttle(1000 B/s)", "file /x"],
    ["gunzip", "throttle(1000 B/s)"],
  );
  const sample = {
    direction: "receive",
    route: "websocket",
    peer: "127.0.0.1:9",
    layers: relay.latest?.layers,
  } as TransferSample;
  const lanes = [
    { label: "This page", stations: stationsOfUpload("a.txt", page) },
    { label: "The relay", stations: stationsOfTransfer(sample, relay) },
  ];

  it("is said from the receiver back to the sender", () => {
    expect(whoWaits({ lanes })).toEqual([
      "In the relay, sha256 waits for throttle, websocket for gunzip.",
      "In this page, gzip waits for websocket, sha256 for gzip.",
    ]);
    expect(waitingCount({ lanes })).toBe(4);
    expect(reachesSource({ lanes })).toBe(false);
    expect(reachesSource({ lanes: lanes.slice(1) })).toBe(true);
  });

  it("names each layer and what is special about it", () => {
    const names = lanes.flatMap(({ stations }) =>
      stations.map(({ kind, detail }) => `${kind}: ${detail}`),
    );
    expect(names).toEqual([
      "your file: a.txt",
      "sha256: ",
      "gzip: 6",
      "websocket: ws://relay",
      "websocket: 127.0.0.1:9",
      "gunzip: ",
      "sha256: ",
      "throttle: 1000 B/s",
      "file: /x",
    ]);
  });
});

it.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.00 kB"],
  [12_345, "12.3 kB"],
  [999_499, "999 kB"],
  [999_500, "1.00 MB"],
  [5e15, "5000 TB"],
])("%d bytes are %s", (count, text) => {
  expect(bytes(count)).toBe(text);
});

it.each([
  [999.4, "999 ms"],
  [1000, "1.0 s"],
  [59_990, "60.0 s"],
  [125_000, "2 min 5 s"],
  [7_260_000, "2 h 1 min"],
])("%d milliseconds are %s", (ms, text) => {
  expect(duration(ms)).toBe(text);
});

it("counts one upload and two uploads", () => {
  expect([plural(0, "upload"), plural(1, "upload"), plural(2000, "upload")]).toEqual([
    "0 uploads",
    "1 upload",
    "2,000 uploads",
  ]);
});

it.each([
  ["a file (1).txt", "a-file-1-.txt"],
  ["..hidden", "_hidden"],
  ["Grüße.txt", "Gru-e.txt"],
  ["日本", "-"],
  ["", "upload"],
  ["x".repeat(200), "x".repeat(100)],
])("a file %j gets a name that the relay takes", (name, expected) => {
  expect(checkUploadName(uploadName(name))).toBe(expected);
});
