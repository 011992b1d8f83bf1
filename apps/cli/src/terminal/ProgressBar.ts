/** A line on stderr that says how far a long command has got. Only for a terminal. */
import * as Text from "./Text.ts"

const barWidth = 24
// Faster than this nobody can read, and drawing would slow the work.
const drawMillis = 100

/** What the bar uses of a stream. */
interface Screen {
  readonly isTTY: boolean
  readonly columns?: number
  readonly write: (text: string) => unknown
}

export class ProgressBar {
  private readonly stream: Screen
  private readonly verb: string
  private readonly nowMillis: () => number
  private readonly startedMillis: number
  private drawnMillis = 0

  constructor(stream: Screen, verb: string, nowMillis: () => number) {
    this.stream = stream
    this.verb = verb
    this.nowMillis = nowMillis
    this.startedMillis = nowMillis()
  }

  /**
   * @param done items so far
   * @param part from 0 to 1; `undefined` where the end is not known
   * @param more bytes that were read, and what was rejected
   */
  update(
    done: number,
    part: number | undefined,
    more?: { readonly bytes: number; readonly faults: number },
  ): void {
    if (!this.stream.isTTY) return
    const now = this.nowMillis()
    if (now - this.drawnMillis < drawMillis) return
    this.drawnMillis = now
    const seconds = Math.max((now - this.startedMillis) / 1000, 0.001)
    const width = more === undefined ? barWidth : barWidth / 2
    const filled = Math.round(Math.min(part ?? 0, 1) * width)
    const line = [
      this.verb,
      part === undefined
        ? ""
        : `${"█".repeat(filled)}${"░".repeat(width - filled)} ${Math.floor(part * 100)} %`,
      Text.count(done),
      ...(more === undefined
        ? [`${Text.count(Math.round(done / seconds))}/s`]
        : [
            Text.size(more.bytes),
            `${Text.size(Math.round(more.bytes / seconds))}/s`,
            more.faults === 0 ? "" : Text.counted(more.faults, "reject"),
          ]),
    ]
      .filter((word) => word !== "")
      .join("  ")
    // A line that wraps can't be taken away again.
    const columns = (this.stream.columns ?? 80) - 1
    this.stream.write(`\r\u001b[2K${Text.clipped(line, Math.max(columns, 1))}`)
  }

  /** Takes the line away again. */
  clear(): void {
    if (this.stream.isTTY && this.drawnMillis > 0) this.stream.write("\r\u001b[2K")
  }
}
