import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, readdirSync } from "node:fs"
import * as path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { Disk } from "@countersign/core/platform/Disk"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { entries } from "@countersign/core/trail/TrailReader"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { check } from "./FileCheck.ts"
import * as NdjsonFiles from "./NdjsonFiles.ts"

const program = fileURLToPath(new URL("../testing/FilesProcess.ts", import.meta.url))

const start = async (
  root: string,
  ...how: ReadonlyArray<string>
): Promise<ReturnType<typeof spawn>> => {
  const args = [path.join(root, "trail"), path.join(root, "files"), ...how]
  const child = spawn(process.execPath, ["--conditions=@countersign/source", program, ...args], {
    stdio: ["ignore", "pipe", "ignore"],
  })
  if (child.stdout !== null) await once(child.stdout, "data")
  return child
}

const finishedIn = (root: string): number => {
  const directory = path.join(root, "files")
  if (!existsSync(directory)) return 0
  return readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".json"),
  ).length
}

/** Kills it at any moment after it has finished so many files. */
const killAfter = async (root: string, files: number) => {
  const child = await start(root)
  while (finishedIn(root) < files) {
    assert.isNull(child.exitCode)
    await sleep(3)
  }
  const ended = once(child, "exit")
  child.kill("SIGKILL")
  await ended
}

const endInOrder = async (root: string) => {
  const child = await start(root, "once")
  if (child.exitCode === null) await once(child, "exit")
  assert.strictEqual(child.exitCode, 0)
}

describe("NdjsonSink, behind an engine", () => {
  it.live(
    "has each record of the trail once, whenever the process is killed",
    () =>
      Effect.gen(function* () {
        const root = yield* temporaryDirectory
        const disk = yield* Disk
        for (const files of [1, 4]) yield* Effect.promise(() => killAfter(root, files))
        yield* Effect.promise(() => endInOrder(root))

        const stored: Array<string> = []
        yield* NdjsonFiles.readAll(disk, path.join(root, "files"), (_, lines) =>
          Effect.sync(() => {
            for (const { bytes, sequence } of lines) stored.push(`${sequence} ${bytes.toString()}`)
          }),
        )
        const trail = yield* entries(path.join(root, "trail")).pipe(
          Stream.map(({ bytes, sequence }) => `${sequence} ${Buffer.from(bytes).toString()}`),
          Stream.runCollect,
        )
        assert.deepStrictEqual(stored, [...trail])

        const files = yield* NdjsonFiles.list(disk, path.join(root, "files"))
        const finished = files.filter(({ isOpen }) => !isOpen)
        assert.isAtLeast(finished.length, 4)
        for (const file of finished) {
          assert.deepInclude(yield* check(disk, file.path), { problems: [], missing: 0 })
        }
      }).pipe(Effect.provide(NodeDisk.layer)),
    // Three programs start one after the other, which on a busy machine takes its time.
    180_000,
  )
})
