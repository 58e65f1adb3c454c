import type * as Sdk from "@aws-sdk/client-s3";
import { isMissing } from "./s3-failure.ts";
import type { S3Place } from "./s3-place.ts";

/** The official SDK: loaded when a store is asked for. */
export type S3Sdk = typeof Sdk;

interface Sent {
  signal?: AbortSignal | undefined;
}

/** The requests that a store sends to one bucket. Each is repeated by the SDK if that may help. */
export class S3Bucket {
  readonly place: S3Place;
  readonly #sdk: S3Sdk;
  readonly #client: Sdk.S3Client;
  /** How often a request was sent again. */
  retries = 0;

  constructor(place: S3Place, sdk: S3Sdk, client: Sdk.S3Client) {
    this.place = place;
    this.#sdk = sdk;
    this.#client = client;
    client.middlewareStack.add(
      (next) => async (request) => {
        try {
          const result = await next(request);
          this.#countRetries(result.output);
          return result;
        } catch (error) {
          this.#countRetries(error);
          throw error;
        }
      },
      { step: "initialize" },
    );
  }

  /** Returns what the parts of a new object name. */
  async begin(key: string, { signal }: Sent = {}): Promise<string> {
    const command = new this.#sdk.CreateMultipartUploadCommand(this.#at(key));
    const { UploadId: id } = await this.#client.send(command, options(signal));
    if (id === undefined) throw new Error("the server names no upload");
    return id;
  }

  async sendPart(
    key: string,
    uploadId: string,
    { body, number, signal }: { body: Uint8Array; number: number } & Sent,
  ): Promise<Sdk.CompletedPart> {
    const command = new this.#sdk.UploadPartCommand({
      ...this.#at(key),
      UploadId: uploadId,
      PartNumber: number,
      Body: body,
    });
    const { ETag, ChecksumCRC32 } = await this.#client.send(command, options(signal));
    return {
      PartNumber: number,
      ...(ETag !== undefined && { ETag }),
      ...(ChecksumCRC32 !== undefined && { ChecksumCRC32 }),
    };
  }

  /** From now on the object is there, whole. */
  async complete(
    key: string,
    uploadId: string,
    { parts, signal }: { parts: Sdk.CompletedPart[] } & Sent,
  ): Promise<void> {
    const command = new this.#sdk.CompleteMultipartUploadCommand({
      ...this.#at(key),
      UploadId: uploadId,
      MultipartUpload: { Parts: parts },
    });
    await this.#client.send(command, options(signal));
  }

  /** Removes the parts of an object that will not be. */
  async abort(key: string, uploadId: string): Promise<void> {
    const command = new this.#sdk.AbortMultipartUploadCommand({
      ...this.#at(key),
      UploadId: uploadId,
    });
    await this.#client.send(command).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
  }

  async putText(key: string, text: string, { signal }: Sent = {}): Promise<void> {
    const command = new this.#sdk.PutObjectCommand({
      ...this.#at(key),
      Body: text,
      ContentType: "application/json",
    });
    await this.#client.send(command, options(signal));
  }

  /** Undefined if there is none. */
  async getText(key: string): Promise<string | undefined> {
    try {
      const { Body } = await this.#client.send(new this.#sdk.GetObjectCommand(this.#at(key)));
      return await Body?.transformToString();
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Undefined if there is no such object. */
  async sizeOf(key: string): Promise<number | undefined> {
    try {
      const command = new this.#sdk.HeadObjectCommand(this.#at(key));
      return (await this.#client.send(command)).ContentLength;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async remove(key: string): Promise<void> {
    await this.#client.send(new this.#sdk.DeleteObjectCommand(this.#at(key)));
  }

  /** The first keys that begin so, in their order. */
  async list(start: string, count: number): Promise<string[]> {
    const { bucket, prefix } = this.place;
    const command = new this.#sdk.ListObjectsV2Command({
      Bucket: bucket,
      Prefix: prefix + start,
      MaxKeys: count,
    });
    const { Contents = [] } = await this.#client.send(command);
    return Contents.map(({ Key = "" }) => Key.slice(prefix.length));
  }

  close(): void {
    this.#client.destroy();
  }

  /** @param settled the answer or the error of a request; both have how often it was sent */
  #countRetries(settled: unknown): void {
    const { $metadata } = settled as { $metadata?: { attempts?: number } };
    this.retries += ($metadata?.attempts ?? 1) - 1;
  }

  #at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.place.bucket, Key: this.place.prefix + key };
  }
}

function options(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}
