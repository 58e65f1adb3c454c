import { useEffect, useState } from "preact/hooks";

export type ThemeChoice = "auto" | "light" | "dark";

const KEY = "relay-theme";
const DARK = "(prefers-color-scheme: dark)";

/** The theme that was chosen, the one that is shown, and the switch. */
export function useTheme(): {
  choice: ThemeChoice;
  shown: "light" | "dark";
  choose: (choice: ThemeChoice) => void;
} {
  const [choice, setChoice] = useState(load);
  const [prefersDark, setPrefersDark] = useState(() => matchMedia(DARK).matches);
  useEffect(() => {
    const media = matchMedia(DARK);
    const onChange = (): void => setPrefersDark(media.matches);
    media.addEventListener("change", onChange);
    return () => media.removeEventListener("change", onChange);
  }, []);
  document.documentElement.dataset["theme"] = choice;
  const shown = choice === "auto" ? (prefersDark ? "dark" : "light") : choice;
  return {
    choice,
    shown,
    choose: (chosen) => {
      localStorage.setItem(KEY, chosen);
      setChoice(chosen);
    },
  };
}

function load(): ThemeChoice {
  const saved = localStorage.getItem(KEY);
  return saved === "light" || saved === "dark" ? saved : "auto";
}
