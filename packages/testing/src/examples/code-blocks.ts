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
  for (const { groups, indices } of markdown.matchAll(new RegExp(comment + fence, "dgm"))) {
    const { needs = "", indent = "", info = "", body = "" } = groups as Record<string, string>;
    const [language = "", ...marks] = info.trim().split(/\s+/);
    const [start = 0] = indices?.groups?.["body"] ?? [];
    const line = markdown.slice(0, start).split("\n").length;
    const code = body
      .split("\n")
      .map((text) => (text.startsWith(indent) ? text.slice(indent.length) : text))
      .join("\n");
    blocks.push({ line, language, marks, code, needs });
  }
  return blocks;
}
