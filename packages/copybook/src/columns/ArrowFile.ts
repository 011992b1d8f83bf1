/**
 * Columns as an Apache Arrow file or stream, a record batch a batch.
 *
 * @since 0.1.0
 */
import * as Arrow from "apache-arrow"
import type { Layout } from "../layout/Layout.ts"
import * as ArrowBatch from "./ArrowBatch.ts"
import type { ColumnBatch } from "./ColumnDecoder.ts"
import type { ColumnSource } from "./ColumnPlan.ts"

/** What the library writes, kept until it is asked for. */
class Taken extends Arrow.AsyncByteQueue {
  private chunks: Array<Uint8Array> = []

  override write(value: Uint8Array): void {
    this.chunks.push(value)
  }

  take(): Uint8Array {
    const bytes = Buffer.concat(this.chunks)
    this.chunks = []
    return bytes
  }
}

/**
 * Makes a file piece by piece, so that one record batch is held at a time; of those before it only
 * their places are kept.
 *
 * @category models
 * @since 0.1.0
 */
export class ArrowFile {
  private readonly sink = new Taken()
  private readonly schema: Arrow.Schema
  private readonly writer: Arrow.RecordBatchWriter

  /**
   * @param sources the columns of the decoder that the batches come from
   * @param format a file can be read from any place, a stream from its beginning alone
   */
  constructor(
    sources: ReadonlyArray<ColumnSource>,
    layout: Layout,
    format: "file" | "stream" = "file",
  ) {
    this.schema = ArrowBatch.schemaOf(sources, layout)
    this.writer =
      format === "file" ? new Arrow.RecordBatchFileWriter() : new Arrow.RecordBatchStreamWriter()
    // Written at once: a file without rows has its schema all the same.
    this.writer.reset(this.sink, this.schema)
  }

  /** The bytes that follow those given before. */
  add(batch: ColumnBatch): Uint8Array {
    if (batch.count > 0) this.writer.write(ArrowBatch.recordBatch(batch, this.schema))
    return this.sink.take()
  }

  /** The last bytes: without them there is no file. */
  finish(): Uint8Array {
    this.writer.finish()
    return this.sink.take()
  }
}
