import { AsyncWriteError, type Connection } from "@aw/core";
import * as v from "valibot";
import type { Receipt } from "../live/snapshot.ts";
import { RECEIPT } from "../store/receipt.ts";

const REFUSAL = v.object({ error: v.string(), message: v.string() });

/**
 * Reads what a relay answers once the end of an upload has reached it: a line of JSON.
 *
 * @throws AsyncWriteError `ERR_AW_PROTOCOL` if it refused the upload, the message says why, or if the answer is none
 */
export async function receiptOf({ reader }: Pick<Connection, "reader">): Promise<Receipt> {
  const line = await reader.readLine({ maxLength: 4096 });
  if (line === undefined) throw violation("the relay ended the connection without an answer");
  let answer: unknown;
  try {
    answer = JSON.parse(line);
  } catch (error) {
    throw violation("the relay's answer is not JSON", error);
  }
  if (v.is(REFUSAL, answer)) {
    throw violation(`the relay refused the upload: ${answer.error}: ${answer.message}`);
  }
  const receipt = v.safeParse(RECEIPT, answer);
  if (!receipt.success) throw violation("the relay's answer is not a receipt");
  return receipt.output;
}

function violation(message: string, cause?: unknown): AsyncWriteError {
  return new AsyncWriteError("ERR_AW_PROTOCOL", message, { cause });
}
