import type { JSX } from "preact";

/** The beginning of a digest; all of it for whoever copies it or points at it. */
export function Digest({ sha256 }: { sha256: string }): JSX.Element {
  return (
    <code class="digest" title={`SHA-256: ${sha256}`} data-sha256={sha256}>
      {sha256.slice(0, 12)}
    </code>
  );
}
