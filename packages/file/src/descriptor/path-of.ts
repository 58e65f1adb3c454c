import { fileURLToPath } from "node:url";
import { openError } from "./open-descriptor.ts";

/** A path as a string. @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` */
export function pathOf(path: string | URL): string {
  try {
    return path instanceof URL ? fileURLToPath(path) : path;
  } catch (error) {
    throw openError(error);
  }
}
