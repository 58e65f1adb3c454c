import type { IncomingMessage } from "node:http";
import { AsyncWriteError } from "@aw/core";
import { Timer } from "@aw/core/implementor";
import { printable } from "../../link/printable.ts";
import { UpgradeError } from "./upgrade-error.ts";

/** The max length of a body that is kept, in UTF-16 code units. */
const BODY_LIMIT: number = 64 * 1024;

/** How much of it goes into the message. */
const QUOTED = 200;

/** How long the body of an answer that is known already is waited for, in milliseconds. */
const BODY_WITHIN = 1000;

/** A response in place of the upgrade: its status says what there is to say, its body may follow. */
export class Refusal {
  readonly #attempt: string;
  readonly #response: IncomingMessage;
  #body = "";

  /** @param report called once the body is here, or does not come */
  constructor(
    attempt: string,
    response: IncomingMessage,
    report: (error: AsyncWriteError) => void,
  ) {
    this.#attempt = attempt;
    this.#response = response;
    const timer = new Timer();
    const end = (): void => {
      timer.clear();
      report(this.error());
    };
    timer.start(BODY_WITHIN, end);
    response.setEncoding("utf8");
    response.on("data", (text: string) => {
      this.#body += text;
      if (this.#body.length >= BODY_LIMIT) end();
    });
    response.on("error", end);
    response.on("close", end);
    response.on("end", end);
  }

  /** As much as is known now. */
  error(): AsyncWriteError {
    const { statusCode = 0, headers } = this.#response;
    const body = this.#body.slice(0, BODY_LIMIT);
    const cause = new UpgradeError(statusCode, headers, body);
    const text = body === "" ? "" : `: ${printable(body.slice(0, QUOTED))}`;
    const message = `${this.#attempt}: ${cause.message}${text}`;
    return new AsyncWriteError("ERR_AW_CONNECT", message, { cause });
  }
}
