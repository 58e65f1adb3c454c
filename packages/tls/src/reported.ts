import { reportThrown } from "@aw/core/implementor";

/** A user's callback whose errors end neither the process nor the connection: they are reported. */
export function reported<T>(callback: (value: T) => void): (value: T) => void {
  return (value) => {
    try {
      callback(value);
    } catch (error) {
      reportThrown(error);
    }
  };
}
