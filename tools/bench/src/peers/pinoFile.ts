/**
 * pino as fast as it writes files: synchronous, in pieces of 8 KiB, without `pid` and `hostname`.
 * It signs nothing and syncs nothing; level and time are its own.
 */
import * as fs from "node:fs"
import pino from "pino"

export interface PinoFile {
  readonly log: (event: object) => void
  /** Everything is in the page cache. */
  readonly flush: () => void
  /** Brings it to disk, so that its writing doesn't burden whoever is measured next. */
  readonly close: () => void
}

export const openPino = (file: string): PinoFile => {
  const destination = pino.destination({ dest: file, sync: true, minLength: 8192 })
  const logger = pino({ base: null }, destination)
  return {
    log: (event) => logger.info(event),
    flush: () => destination.flushSync(),
    close: () => {
      destination.flushSync()
      const descriptor = fs.openSync(file, "r+")
      fs.fsyncSync(descriptor)
      fs.closeSync(descriptor)
      destination.end()
    },
  }
}
