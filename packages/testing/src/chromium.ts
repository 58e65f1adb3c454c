/**
 * How tests and tools launch the system's Chromium, for Playwright's `launch`: it asks nobody for anything by itself.
 * Without an import, so that Vitest's configuration can have it too.
 */
export const CHROMIUM: { executablePath: string; args: string[] } = {
  executablePath: "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};
