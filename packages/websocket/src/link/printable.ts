/**
 * Text of a peer, fit for a message that a terminal or a log shows: control characters, line
 * separators and invisible formatting are escaped.
 */
export function printable(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) as number).toString(16)}}`,
  );
}
