import { useEffect, useState } from "preact/hooks";

/**
 * Calls `onFiles` with files that are dropped anywhere on the page: beside a smaller target, the browser would leave the page
 * and show the file. Returns whether files are held over the page now.
 *
 * @param onFiles the same function each time
 */
export function useFileDrop(onFiles: (files: FileList) => void): boolean {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const removed = new AbortController();
    const { signal } = removed;
    const hasFiles = (event: DragEvent): boolean =>
      event.dataTransfer?.types.includes("Files") === true;
    addEventListener(
      "dragover",
      (event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        setOver(true);
      },
      { signal },
    );
    // Without a target that comes next, the pointer has left the page.
    addEventListener("dragleave", (event) => event.relatedTarget === null && setOver(false), {
      signal,
    });
    addEventListener(
      "drop",
      (event) => {
        setOver(false);
        if (!hasFiles(event)) return;
        event.preventDefault();
        if (event.dataTransfer !== null) onFiles(event.dataTransfer.files);
      },
      { signal },
    );
    return () => removed.abort();
  }, [onFiles]);
  return isOver;
}
