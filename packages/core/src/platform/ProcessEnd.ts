/**
 * What happens to the engines of a process when it ends.
 *
 * One handler for all of them: each would otherwise take the others' handlers for the
 * program's own, and nobody would end the process.
 *
 * @since 0.1.0
 */
import { writeSync } from "node:fs"

/**
 * An engine, as the end of the process sees it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Ending {
  /** Drains and closes; idempotent. */
  readonly close: () => Promise<void>
  /** Writes what is accepted without returning to the event loop. */
  readonly lastGaspUnsafe: () => void
  /** Whether SIGTERM and SIGINT close it. */
  readonly signals: boolean
}

const engines = new Set<Ending>()
const signals: ReadonlyArray<NodeJS.Signals> = ["SIGTERM", "SIGINT"]
const standardError = 2
let isEnding = false

const onExit = (): void => {
  for (const engine of engines) {
    try {
      engine.lastGaspUnsafe()
    } catch (cause) {
      // The program's own exit code stays; what was not written is said, where it still can be.
      writeSync(standardError, `countersign: accepted events were not written: ${String(cause)}\n`)
    }
  }
}

const raise = (signal: NodeJS.Signals): void => {
  process.removeListener(signal, onSignal)
  process.kill(process.pid, signal)
}

const onSignal = (signal: NodeJS.Signals): void => {
  // A program with a handler of its own decides itself when it ends.
  const isAlone = process.listenerCount(signal) === 1
  if (isEnding) {
    if (isAlone) raise(signal)
    return
  }
  isEnding = true
  const closes = [...engines].filter((engine) => engine.signals).map((engine) => engine.close())
  void Promise.allSettled(closes).then((results) => {
    isEnding = false
    for (const result of results) {
      if (result.status === "rejected") process.emitWarning(String(result.reason))
    }
    if (isAlone) raise(signal)
    else listen()
  })
}

const listen = (): void => {
  process.removeListener("exit", onExit)
  if (engines.size > 0) process.on("exit", onExit)
  const wanted = [...engines].some((engine) => engine.signals)
  for (const signal of signals) {
    const isHeard = process.listeners(signal).includes(onSignal)
    if (wanted && !isHeard) process.on(signal, onSignal)
    // While the process is ending, the handler stays until the signal is raised again.
    if (!wanted && isHeard && !isEnding) process.removeListener(signal, onSignal)
  }
}

/**
 * Looks after an engine until the returned function is called.
 *
 * @category running
 * @since 0.1.0
 */
export const attend = (engine: Ending): (() => void) => {
  engines.add(engine)
  listen()
  return () => {
    engines.delete(engine)
    listen()
  }
}
