// oxlint-disable-next-line no-control-regex -- they are what is looked for
const UNPRINTABLE = /[\u0000-\u001F\u007F-\u009F\u2028-\u202E\u2066-\u2069]/g;

/**
 * Text that came from elsewhere, for a message: what a terminal would obey (control characters, changes of
 * the direction of writing) stands escaped.
 */
export function printable(text: string): string {
  return text.replaceAll(
    UNPRINTABLE,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
