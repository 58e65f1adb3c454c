/**
 * A message of `@aw/*` for people elsewhere: without the layers that it begins with, which name files and addresses of
 * this machine. "gunzip > file /data/x: the input ended early" becomes "the input ended early".
 */
export function withoutLayers(message: string): string {
  const end = message.indexOf(": ");
  const layers = message.slice(0, end);
  return layers.includes(" > ") || layers.startsWith("file ") ? message.slice(end + 2) : message;
}
