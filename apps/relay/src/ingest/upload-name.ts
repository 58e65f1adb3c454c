import { AsyncWriteError } from "@aw/core";

/** Letters, digits, dot, dash and underscore, not beginning with a dot: never a path, never hidden. */
const NAME = /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}$/;

/** @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` for a name that is none */
export function checkUploadName(name: string): string {
  if (NAME.test(name)) return name;
  const shown = JSON.stringify(name.slice(0, 40));
  throw new AsyncWriteError(
    "ERR_AW_INVALID_ARGUMENT",
    `upload ${shown}: a name has 1 to 100 letters, digits, dots, dashes or underscores, and does not begin with a dot`,
  );
}
