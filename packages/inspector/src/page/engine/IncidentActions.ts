/** Keeping the last ten minutes in a file, and looking at such a file in place of the engine. */
import type { Scene } from "../shell/Contribution.ts"

const inWords = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const told = async (scene: Scene, name: string, task: () => Promise<void>): Promise<void> => {
  try {
    await task()
  } catch (error) {
    scene.workbench.notify(`${name}: ${inWords(error)}`, "error")
  }
}

export const saveIncident = (scene: Scene): void => {
  const { connection, host, workbench } = scene
  const frames = connection.history.get()
  const last = frames.at(-1)
  if (last === undefined) return workbench.notify("There is no engine's past to save", "warning")
  void told(scene, "The file was not saved", async () => {
    const { encodeIncident, incidentName } = await import("./Incident.ts")
    // What is kept once more stays what it was, whichever engine the page is at.
    const origin = connection.incident.get()?.origin ?? connection.about.get()?.origin ?? ""
    const text = encodeIncident(origin, frames)
    host.save(incidentName(last.atMillis), "application/json", text)
    workbench.notify(`${frames.length} frames are saved; they hold figures and no events`)
  })
}

export const readIncident = (scene: Scene, file: File): Promise<void> =>
  told(scene, "The file can't be opened", async () => {
    const { decodeIncident, incidentBytesMax } = await import("./Incident.ts")
    const { isFailure } = await import("effect/Result")
    if (file.size > incidentBytesMax) throw new Error("it is larger than 128 MiB")
    const read = decodeIncident(await file.text())
    if (isFailure(read)) throw new Error(read.failure)
    const { frames, origin } = read.success
    scene.connection.setIncident({ name: file.name.slice(0, 200), origin, frames })
    scene.workbench.announce("The incident is shown in place of the running engine")
  })

export const chooseIncident = (scene: Scene): void => {
  const input = document.createElement("input")
  input.type = "file"
  input.accept = ".json,application/json"
  input.addEventListener("change", () => {
    const file = input.files?.[0]
    if (file !== undefined) void readIncident(scene, file)
  })
  input.click()
}

/** One frame back or on from the one that is shown; past the last it is now again. */
export const stepMoment = ({ connection }: Scene, step: 1 | -1): void => {
  const frames = connection.history.get()
  const at = connection.shown.get()?.atMillis ?? 0
  const index = frames.findLastIndex(({ atMillis }) => atMillis <= at)
  const next = frames[Math.max(0, index + step)]
  const isLast = next === undefined || next === frames.at(-1)
  connection.setMoment(isLast ? undefined : next.atMillis)
}

export const toNow = ({ connection }: Scene): void => connection.setMoment(undefined)
