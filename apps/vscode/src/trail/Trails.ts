/** The trails in the folders that are open, found by the files that every trail has. */
import * as path from "node:path"
import { parseSigned } from "@countersign/core/trail/Checkpoint"
import * as Result from "effect/Result"
import type * as vscode from "vscode"
import type { Editor } from "../Editor.ts"

export interface Trail {
  readonly directory: string
  /** Beginning at the folder that is open. */
  readonly name: string
  /** As its newest checkpoint says; empty where there is none that can be read. */
  readonly origin: string
  readonly size: number
  /** An engine has said where it listens; whether it still does, only asking shows. */
  readonly isAnnounced: boolean
}

export interface Trails extends vscode.Disposable {
  readonly list: () => ReadonlyArray<Trail>
  readonly refresh: () => Promise<void>
}

const trailsMax = 200
const checkpointBytesMax = 65_536
/** Units: milliseconds. A running engine writes a checkpoint each second. */
const settleMillis = 500
const excluded = "**/node_modules/**"

const readCheckpoint = async ({ workspace }: Editor, file: vscode.Uri) => {
  try {
    const { size } = await workspace.fs.stat(file)
    if (size > checkpointBytesMax) return undefined
    const signed = parseSigned(await workspace.fs.readFile(file))
    return Result.isSuccess(signed) ? signed.success.checkpoint : undefined
  } catch {
    return undefined
  }
}

const found = async (editor: Editor): Promise<ReadonlyArray<Trail>> => {
  const { workspace } = editor
  const [checkpoints, announcements] = await Promise.all([
    workspace.findFiles("**/checkpoint", excluded, trailsMax),
    workspace.findFiles("**/*.monitor", excluded, trailsMax),
  ])
  const announced = new Set(announcements.map(({ fsPath }) => fsPath.replace(/\.monitor$/, "")))
  const trails = await Promise.all(
    checkpoints.map(async (file): Promise<ReadonlyArray<Trail>> => {
      const checkpoint = await readCheckpoint(editor, file)
      if (checkpoint === undefined) return []
      const directory = path.dirname(file.fsPath)
      const { origin, size } = checkpoint
      const name = workspace.asRelativePath(directory)
      return [{ directory, name, origin, size, isAnnounced: announced.has(directory) }]
    }),
  )
  return trails.flat().toSorted((one, other) => (one.name < other.name ? -1 : 1))
}

export const watchTrails = (editor: Editor, changed: () => void): Trails => {
  let trails: ReadonlyArray<Trail> = []
  let waiting: ReturnType<typeof setTimeout> | undefined
  let isDisposed = false
  const refresh = async (): Promise<void> => {
    const next = await found(editor)
    if (isDisposed || JSON.stringify(next) === JSON.stringify(trails)) return
    trails = next
    changed()
  }
  const soon = (): void => {
    waiting ??= setTimeout(() => {
      waiting = undefined
      void refresh().catch(() => undefined)
    }, settleMillis)
  }
  const watcher = editor.workspace.createFileSystemWatcher("**/{checkpoint,*.monitor}")
  const listeners = [
    watcher.onDidCreate(soon),
    watcher.onDidChange(soon),
    watcher.onDidDelete(soon),
    editor.workspace.onDidChangeWorkspaceFolders(soon),
  ]
  return {
    list: () => trails,
    refresh,
    dispose: () => {
      isDisposed = true
      clearTimeout(waiting)
      for (const listener of listeners) listener.dispose()
      watcher.dispose()
    },
  }
}
