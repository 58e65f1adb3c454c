import { describe } from "../trait/describe.ts";
import { AsyncWriteError } from "../trait/error.ts";

const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Decodes UTF-8. @throws AsyncWriteError `ERR_AW_PROTOCOL` if it is not that */
export function decodeText(reader: object, what: string, bytes: Uint8Array): string {
  try {
    return DECODER.decode(bytes);
  } catch (error) {
    const message = `${describe(reader)}: ${what} is not UTF-8`;
    throw new AsyncWriteError("ERR_AW_PROTOCOL", message, { cause: error });
  }
}
