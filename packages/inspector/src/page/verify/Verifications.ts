/** The verifications of a visit, one by the server and one by the page, for all who show them. */
import { type ReadonlyStore, type Store, makeStore } from "../connection/Store.ts"
import type { Scene } from "../shell/Contribution.ts"
import {
  firstWrong,
  problemsIn,
  quarterReached,
  segmentsOf,
  started,
  type VerifyRun,
  wordOf,
} from "./VerifyRun.ts"

export interface Verifications {
  readonly server: ReadonlyStore<VerifyRun | undefined>
  readonly page: ReadonlyStore<VerifyRun | undefined>
  /** The one that began last. */
  readonly newest: ReadonlyStore<VerifyRun | undefined>
  readonly start: (by: VerifyRun["by"]) => void
  readonly stop: (by: VerifyRun["by"]) => void
}

const names = { server: "The server", page: "This page" } as const

/** Opens the entry that was tampered with. */
const land = (scene: Scene, run: VerifyRun): void => {
  const at = firstWrong(run)
  if (at !== undefined) scene.workbench.open("event", { sequence: String(at), part: "proof" })
}

type Change = (part: Partial<VerifyRun>) => void
type End = (state: VerifyRun["state"], detail?: string) => void

const byServer = ({ connection }: Scene, change: Change, end: End): (() => void) => {
  let isJudged = false
  return connection.listen(
    (client) => client.Verify(),
    (step) => {
      const { bytes, entries } = step
      if (step._tag === "Progress")
        return change({
          bytes,
          entries,
          size: step.size,
          segments: segmentsOf(step.size, entries, []),
        })
      isJudged = true
      const { detail, findings, notChecked, verdict } = step
      const size = step.size ?? 0
      const segments = segmentsOf(size, entries, findings)
      const sentence =
        verdict === "verified"
          ? `All ${size.toLocaleString("en")} entries are as they were signed`
          : detail
      change({ bytes, entries, size, verdict, findings, notChecked, segments, detail: sentence })
    },
    (failure) => {
      if (failure === undefined && isJudged) return end("done")
      end("failed", failure ?? "the server has ended without a verdict")
    },
  )
}

const byPage = (scene: Scene, change: Change, end: End): (() => void) => {
  const stop = new AbortController()
  import("./LocalVerification.ts")
    .then(({ verifyHere }) => verifyHere(scene, change, stop.signal))
    .then(
      () => end("done"),
      (error: unknown) => {
        if (!stop.signal.aborted)
          end("failed", error instanceof Error ? error.message : String(error))
      },
    )
  return () => stop.abort()
}

const make = (scene: Scene): Verifications => {
  const runs: Readonly<Record<VerifyRun["by"], Store<VerifyRun | undefined>>> = {
    server: makeStore<VerifyRun | undefined>(undefined),
    page: makeStore<VerifyRun | undefined>(undefined),
  }
  const newest = makeStore<VerifyRun | undefined>(undefined)
  const stops = new Map<VerifyRun["by"], () => void>()
  /** The run that is shown: one that was stopped says nothing more, however late it ends. */
  const shown = new Map<VerifyRun["by"], VerifyRun>()

  const change = (by: VerifyRun["by"], part: Partial<VerifyRun>): void => {
    const before = runs[by].get()
    if (before === undefined || before.state !== "running") return
    const after = { ...before, ...part }
    const quarter = quarterReached(before.entries, after.entries, after.size)
    if (quarter !== undefined) scene.workbench.announce(`${names[by]} has verified ${quarter} %`)
    runs[by].set(after)
    if (newest.get()?.by === by) newest.set(after)
  }
  const end = (by: VerifyRun["by"], state: VerifyRun["state"], detail?: string): void => {
    change(by, { state, endedMillis: Date.now(), ...(detail === undefined ? {} : { detail }) })
    stops.delete(by)
    const run = runs[by].get()
    if (run === undefined || state === "stopped") return
    const text = `${names[by]}: ${wordOf(run)}. ${run.detail}`
    scene.workbench.announce(text)
    scene.workbench.setProblems(`verify ${by}`, problemsIn(run))
    if (run.verdict !== "tampered") return
    scene.workbench.notify(text, "error")
    land(scene, run)
  }
  return {
    server: runs.server,
    page: runs.page,
    newest,
    start: (by) => {
      if (runs[by].get()?.state === "running") return
      const run = started(by, Date.now())
      runs[by].set(run)
      newest.set(run)
      shown.set(by, run)
      const isShown = () => shown.get(by) === run
      const begin = by === "server" ? byServer : byPage
      const stop = begin(
        scene,
        (part) => {
          if (isShown()) change(by, part)
        },
        (state, detail) => {
          if (isShown()) end(by, state, detail)
        },
      )
      if (runs[by].get()?.state === "running") stops.set(by, stop)
    },
    stop: (by) => {
      stops.get(by)?.()
      shown.delete(by)
      end(by, "stopped", "It was stopped")
    },
  }
}

const made = new WeakMap<Scene["connection"], Verifications>()

export const verificationsOf = (scene: Scene): Verifications => {
  const known = made.get(scene.connection)
  if (known !== undefined) return known
  const fresh = make(scene)
  made.set(scene.connection, fresh)
  return fresh
}
