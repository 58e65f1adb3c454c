import { Transform } from "node:stream";
import { StringDecoder } from "node:string_decoder";

/** Takes lines of JSON, checks each, and passes them on: what the relay does with records. */
export function checkedRecords(): Transform {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  return new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      const lines = (rest + decoder.write(chunk)).split("\n");
      rest = lines.pop() ?? "";
      try {
        callback(null, lines.map((line) => `${JSON.stringify(JSON.parse(line))}\n`).join(""));
      } catch (error) {
        callback(error as Error);
      }
    },
    flush(callback) {
      callback(rest === "" ? null : new Error("the last record is cut off"));
    },
  });
}
