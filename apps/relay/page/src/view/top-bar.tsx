import type { JSX } from "preact";
import type { Status } from "../live/live.ts";
import type { ThemeChoice } from "./theme.ts";

interface TopBarProps {
  readonly status: Status;
  readonly theme: ThemeChoice;
  readonly onTheme: (choice: ThemeChoice) => void;
}

const THEMES: readonly ThemeChoice[] = ["auto", "light", "dark"];

export function TopBar({ status, theme, onTheme }: TopBarProps): JSX.Element {
  return (
    <header class="top">
      <h1>relay</h1>
      <p class="status" role="status" data-status={status.kind}>
        {statusText(status)}
      </p>
      <fieldset class="choice small">
        <legend class="hidden">Theme</legend>
        {THEMES.map((each) => (
          <label key={each}>
            <input
              type="radio"
              name="theme"
              checked={each === theme}
              onChange={() => onTheme(each)}
            />
            <span>{each}</span>
          </label>
        ))}
      </fieldset>
    </header>
  );
}

function statusText(status: Status): string {
  switch (status.kind) {
    case "connecting":
      return "connecting";
    case "live":
      return "live";
    case "locked":
      return "locked";
    case "lost":
      return `${status.message} Trying again.`;
  }
}
