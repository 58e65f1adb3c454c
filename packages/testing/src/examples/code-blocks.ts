/** A fenced block of code in a page. */
export interface CodeBlock {
  /** The line of the page at which its code begins, from 1. */
  readonly line: number;
  /** What stands behind the fence: the language, "ts", and then marks, "no-run". */
  readonly language: string;
  readonly marks: readonly string[];
  readonly code: string;
  /** Code that it needs and readers do not: the comment `<!-- with: ... -->` in front of it. Else "". */
  readonly needs: string;
}

/** The fenced blocks of a page, in order. Fences may be indented, as in lists and containers. */
export function codeBlocks(markdown: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  const comment = "(?:^<!-- with:\\n(?<needs>[^]*?)^-->\\n+)?";
  const fence =
    "^(?<indent>[ \\t]*)(?<ticks>`{3,})(?<info>[^\\n`]*)\\n(?<body>[^]*?)^[ \\t]*\\k<ticks>`*[ \\t]*$";
  for (const { index, groups } of markdown.matchAll(new RegExp(comment + fence, "gm"))) {
    const { needs = "", indent = "", info = "", body = "" } = groups as Record<string, string>;
    const [language = "", ...marks] = info.trim().split(/\s+/);
    const before = markdown.slice(0, index) + needs;
    const line = before.split("\n").length + 1 + (needs === "" ? 0 : 2);
    const code = body
      .split("\n")
      .map((text) => (text.startsWith(indent) ? text.slice(indent.length) : text))
      .join("\n");
    blocks.push({ line, language, marks, code, needs });
  }
  return blocks;
}
