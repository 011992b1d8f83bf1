/** A line on stderr that says how far a long command has got. Only for a terminal. */
import * as Text from "./Text.ts"

const barWidth = 24
// Faster than this nobody can read, and drawing would slow the work.
const drawMillis = 100

/** What the bar uses of a stream. */
interface Screen {
  readonly isTTY: boolean
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
   */
  update(done: number, part: number | undefined): void {
    if (!this.stream.isTTY) return
    const now = this.nowMillis()
    if (now - this.drawnMillis < drawMillis) return
    this.drawnMillis = now
    const seconds = Math.max((now - this.startedMillis) / 1000, 0.001)
    const rate = `${Text.count(Math.round(done / seconds))}/s`
    const filled = Math.round(Math.min(part ?? 0, 1) * barWidth)
    const bar =
      part === undefined
        ? ""
        : `${"█".repeat(filled)}${"░".repeat(barWidth - filled)} ${Math.floor(part * 100)} %  `
    this.stream.write(`\r\u001b[2K${this.verb}  ${bar}${Text.count(done)}  ${rate}`)
  }

  /** Takes the line away again. */
  clear(): void {
    if (this.stream.isTTY && this.drawnMillis > 0) this.stream.write("\r\u001b[2K")
  }
}
