/** How a load stands, on stderr: one line that changes on a terminal, now and then a line elsewhere. */
import type { LoadProgress } from "@countersign/monitor/load/LoadMeter"
import { microsText } from "@countersign/monitor/load/LoadPage"
import * as Text from "../terminal/Text.ts"

const lineEverySeconds = 10

/** What is used of a stream. */
interface Screen {
  readonly isTTY: boolean
  readonly columns?: number
  readonly write: (text: string) => unknown
}

/** `12 s of 70 s  120,000 sent  10,000/s  p99 3.2 ms  behind 12`. */
const progressText = (
  { elapsedSeconds, failed, intended, last, reached, sent }: LoadProgress,
  seconds: number,
): string =>
  [
    `${Math.floor(elapsedSeconds)} s of ${Math.ceil(seconds)} s`,
    `${Text.count(sent)} sent`,
    ...(last === undefined
      ? []
      : [
          `${Text.count(Math.round(last.sent / last.seconds))}/s`,
          `p50 ${microsText(last.latency.p50)}`,
          `p99 ${microsText(last.latency.p99)}`,
        ]),
    ...(intended > sent ? [`${Text.count(intended - sent)} late`] : []),
    ...(sent > reached + failed ? [`${Text.count(sent - reached - failed)} on their way`] : []),
    ...(failed > 0 ? [`${Text.count(failed)} failed`] : []),
  ].join("  ")

export class LoadProgressLine {
  private readonly screen: Screen
  private readonly seconds: number
  private saidSeconds = 0
  private isDrawn = false

  /** @param seconds how long the load is to last */
  constructor(screen: Screen, seconds: number) {
    this.screen = screen
    this.seconds = seconds
  }

  update(progress: LoadProgress): void {
    const { screen } = this
    const text = progressText(progress, this.seconds)
    if (screen.isTTY) {
      this.isDrawn = true
      // A line that wraps can't be taken away again.
      screen.write(`\r\u001b[2K${Text.clipped(text, Math.max((screen.columns ?? 80) - 1, 1))}`)
      return
    }
    if (progress.elapsedSeconds - this.saidSeconds < lineEverySeconds) return
    this.saidSeconds = progress.elapsedSeconds
    screen.write(`${text}\n`)
  }

  /** Takes the line away again. */
  clear(): void {
    if (this.isDrawn) this.screen.write("\r\u001b[2K")
    this.isDrawn = false
  }
}
