import { wrapOutput, type FileWriter } from "../writer/file-writer.ts";
import type { LogPolicy } from "./log-policy.ts";
import { RecoveringOutput } from "./recovering-output.ts";

/** Has a writer outlive the failures of its file, unless it does so already. */
export function recovering(writer: FileWriter, policy: LogPolicy): RecoveringOutput {
  let result: RecoveringOutput | undefined;
  wrapOutput(writer, (output) => {
    if (output instanceof RecoveringOutput) {
      output.configure(policy);
      result = output;
    } else {
      result = new RecoveringOutput(output, String(writer), policy);
    }
    return result;
  });
  return result as RecoveringOutput;
}
