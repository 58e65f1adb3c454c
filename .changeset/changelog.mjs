// What `changeset version` writes into the CHANGELOGs: the changesets as they are, and one line for dependencies.

/** A changeset as an item of a list. One that is a list already gives its own items. */
async function getReleaseLine({ summary }) {
  const [first = "", ...rest] = summary.trim().split("\n");
  if (first.startsWith("- ")) return [first, ...rest].join("\n");
  return [`- ${first}`, ...rest.map((line) => (line === "" ? "" : `  ${line}`))].join("\n");
}

/** Which versions of our own packages it needs from now on. */
async function getDependencyReleaseLine(_changesets, dependencies) {
  if (dependencies.length === 0) return "";
  const needed = dependencies.map(({ name, newVersion }) => `\`${name}\` ${newVersion}`);
  return `- Needs ${needed.join(", ")}.`;
}

// oxlint-disable-next-line no-default-export -- what changesets asks for
export default { getReleaseLine, getDependencyReleaseLine };
