/** The name that an upload gets in the relay, which takes letters, digits, dots, dashes and underscores. */
export function uploadName(fileName: string): string {
  const plain = fileName.normalize("NFKD").replaceAll(/\p{M}/gu, "");
  const safe = plain.replaceAll(/[^A-Za-z0-9_.-]+/g, "-").replace(/^\.+/, "_");
  return safe.slice(0, 100) || "upload";
}
