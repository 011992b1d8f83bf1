/** A file that is looked through: one run at a time, and nothing of a run that was dropped. */
import type { ScanState } from "./FaultScan.ts"

export interface Scanning {
  /** In the place of the run that there is; resolves with how it ended, or `undefined` if dropped. */
  readonly start: (
    scan: (signal: AbortSignal, onState: (state: ScanState) => void) => Promise<ScanState>,
    heard: (state: ScanState) => void,
  ) => Promise<ScanState | undefined>
  /** Ends it where it is; what was found is heard. */
  readonly stop: () => void
  /** Ends it, and nothing of it is heard any more. */
  readonly drop: () => void
}

export const makeScanning = (): Scanning => {
  let running: AbortController | undefined
  const drop = () => {
    running?.abort()
    running = undefined
  }
  return {
    start: async (scan, heard) => {
      drop()
      const mine = new AbortController()
      running = mine
      const hear = (state: ScanState) => {
        if (running === mine) heard(state)
      }
      try {
        const state = await scan(mine.signal, hear)
        if (running !== mine) return undefined
        running = undefined
        heard(state)
        return state
      } catch (error) {
        if (running !== mine) return undefined
        running = undefined
        throw error
      }
    },
    stop: () => running?.abort(),
    drop,
  }
}
