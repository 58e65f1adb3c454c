import { useCallback } from "preact/hooks";
import type { JSX } from "preact";
import type { Uploads } from "../upload/uploads.ts";
import { UploadRow } from "./upload-row.tsx";
import { useFileDrop } from "./use-file-drop.ts";
import { useObservable } from "./use-observable.ts";

const MADE_UP = [20_000_000, 200_000_000];

/** Sends files, or made-up bytes, through the packages in this browser. */
export function Sender({ uploads }: { uploads: Uploads }): JSX.Element {
  useObservable(uploads);
  const addAll = useCallback(
    (files: FileList) => {
      for (const file of files) uploads.add(file.name, file);
    },
    [uploads],
  );
  const isOver = useFileDrop(addAll);
  return (
    <section class="panel" aria-labelledby="sender">
      <h2 id="sender">Send something</h2>
      <label class="drop" data-over={isOver}>
        <input
          type="file"
          multiple
          onChange={({ currentTarget }) => {
            if (currentTarget.files !== null) addAll(currentTarget.files);
            currentTarget.value = "";
          }}
        />
        <span>
          <b>Choose files</b> or drop them on this page
        </span>
      </label>
      <p class="buttons">
        <span class="muted">No file at hand?</span>
        {MADE_UP.map((size) => (
          <button
            type="button"
            key={size}
            onClick={() => uploads.add(`made-up-${size / 1e6}-MB`, { madeUpBytes: size })}
          >
            Make up {size / 1e6} MB
          </button>
        ))}
      </p>
      <label class="check">
        <input
          type="checkbox"
          checked={uploads.compress}
          onChange={({ currentTarget }) => {
            uploads.compress = currentTarget.checked;
          }}
        />
        <span>Compress with gzip on the way</span>
      </label>
      {uploads.all.length > 0 && (
        <ul class="uploads" aria-label="Uploads of this page">
          {uploads.all.map((upload) => (
            <UploadRow
              key={upload.reference}
              upload={upload}
              onRemove={() => uploads.remove(upload)}
            />
          ))}
        </ul>
      )}
    </section>
  );
}
