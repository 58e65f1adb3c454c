import { useEffect, useReducer } from "preact/hooks";
import type { Observable } from "../observable.ts";

/** Renders the component again whenever the state has changed. */
export function useObservable(observable: Observable): void {
  const [, render] = useReducer((count: number) => count + 1, 0);
  useEffect(() => observable.subscribe(() => render(undefined)), [observable]);
}
