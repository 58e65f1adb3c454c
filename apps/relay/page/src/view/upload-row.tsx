import type { JSX } from "preact";
import { bytes, duration, percent } from "../format.ts";
import type { Upload } from "../upload/upload.ts";
import { Digest } from "./digest.tsx";

/** One upload of this page: how far it is, and what can be done with it. */
export function UploadRow({
  upload,
  onRemove,
}: {
  upload: Upload;
  onRemove: () => void;
}): JSX.Element {
  const { name, totalBytes, sentBytes, state, isOver } = upload;
  const isPaused = state.kind === "paused";
  return (
    <li class="upload" data-state={state.kind}>
      <p class="upload-head">
        <b title={name}>{name}</b>
        <span class="muted">{bytes(totalBytes)}</span>
      </p>
      {!isOver && (
        <progress max={Math.max(1, totalBytes)} value={sentBytes} aria-label={`${name}: sent`} />
      )}
      <div class="upload-state" role="status">
        {describe(upload)}
      </div>
      <p class="buttons">
        {(state.kind === "sending" || isPaused) && (
          <button type="button" onClick={() => (isPaused ? upload.resume() : upload.pause())}>
            {isPaused ? "Resume" : "Pause"}
            <span class="hidden"> {name}</span>
          </button>
        )}
        {isOver ? (
          <button type="button" class="quiet" onClick={onRemove}>
            Clear<span class="hidden"> {name}</span>
          </button>
        ) : (
          <button type="button" onClick={() => upload.cancel()}>
            Cancel<span class="hidden"> {name}</span>
          </button>
        )}
      </p>
    </li>
  );
}

function describe({ state, sentBytes, totalBytes }: Upload): JSX.Element {
  switch (state.kind) {
    case "queued":
      return <span>Waits for its turn</span>;
    case "sending":
    case "paused": {
      // In steps: a screen reader hears of each one.
      const done = Math.floor((10 * sentBytes) / Math.max(1, totalBytes)) / 10;
      return (
        <span>{`${state.kind === "paused" ? "Paused" : "Sending"}, ${percent(done)} done`}</span>
      );
    }
    case "storing":
      return <span>All sent. The relay makes it durable.</span>;
    case "stored": {
      const { receipt, sha256 } = state;
      const isSame = receipt.sha256 === sha256 && receipt.bytes === totalBytes;
      return (
        <div class={isSame ? "good" : "bad"}>
          <b>{isSame ? "Stored. The digests are equal." : "The digests differ: send it again."}</b>
          <dl class="digests">
            <dt>this page</dt>
            <dd>
              <Digest sha256={sha256} />
            </dd>
            <dt>the relay</dt>
            <dd>
              <Digest sha256={receipt.sha256} /> in {duration(receipt.durationMs)}
            </dd>
          </dl>
        </div>
      );
    }
    case "failed":
      return <span class="bad">{state.message}</span>;
    case "cancelled":
      return <span>Cancelled. The relay has kept nothing of it.</span>;
  }
}
