/** A repository's history as audit events, read with nothing but git. */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import { type Change, type Commit, fileChanged } from "./fileEvent.ts"
import { fileNameOf } from "./fileName.ts"

/** Who changed which file, oldest first. */
export interface History {
  readonly events: ReadonlyArray<AuditEventInput>
  readonly commits: number
  readonly authors: number
  /** The clone was cut: its oldest commits show files that others may have made. */
  readonly isShallow: boolean
  /** There is more than was read. */
  readonly isCut: boolean
}

/** Why there is no history. */
export interface NoHistory {
  readonly reason: string
}

/** Newest changes that are read at most. */
const eventsMax = 200_000
const outputBytesMax = 128 * 1024 * 1024

// A hook or an alias that runs this has pointed git at its own repository.
const foreign = new Set(["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"])

const git = (directory: string, ...args: ReadonlyArray<string>) =>
  spawnSync("git", ["-C", directory, ...args], {
    env: {
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.has(name))),
      GIT_TERMINAL_PROMPT: "0",
    },
    maxBuffer: outputBytesMax,
    stdio: ["ignore", "pipe", "pipe"],
  })

/** The changes of a directory's own repository. */
export const readHistory = (directory: string): History | NoHistory => {
  const place = git(directory, "rev-parse", "--is-shallow-repository", "--show-toplevel")
  if (place.error !== undefined) return { reason: "git is not installed here" }
  if (place.status !== 0) {
    const said = place.stderr.toString()
    const [first] = said.split("\n")
    return {
      reason: said.includes("not a git repository")
        ? "this is no git repository"
        : `git can't read this repository: ${first}`,
    }
  }
  const [shallow, ...top] = place.stdout.toString().trimEnd().split("\n")
  if (fs.realpathSync(top.join("\n")) !== fs.realpathSync(directory)) {
    return { reason: "this directory is part of another git repository" }
  }
  const isShallow = shallow === "true"
  // Without renames, git needs no file's content, which a partial clone would have to fetch.
  const log = git(
    directory,
    "log",
    "-z",
    "--name-status",
    "--no-renames",
    "--no-show-signature",
    "--no-color",
    "--encoding=UTF-8",
    "--format=%H%x00%P%x00%at%x00%an%x00%ae%x00%s",
  )
  const isOverlong = log.error !== undefined && "code" in log.error && log.error.code === "ENOBUFS"
  if (log.status !== 0 && !isOverlong) return { reason: "this git repository has no commit yet" }
  const history = parseLog(log.stdout, isShallow)
  if (history.events.length === 0) return { reason: "no commit here changes a file" }
  return { ...history, isCut: history.isCut || isOverlong }
}

const statusPattern = /^\n?([ACDMRTUX])\d*$/
const changes: Readonly<Record<string, Change>> = { A: "added", D: "deleted", T: "retyped" }

/**
 * Reads what `git log -z --name-status` writes: six fields a commit, then a status and a path
 * for each file. Places decide what a piece means, since a path may look like anything.
 */
export const parseLog = (output: Buffer, isShallow: boolean): History => {
  const newestFirst: Array<ReadonlyArray<AuditEventInput>> = []
  const authors = new Set<string>()
  const pieces = new Pieces(output)
  let count = 0
  let commits = 0
  while (count < eventsMax && pieces.has(6)) {
    const [hash, parents, seconds, author, email, subject] = pieces.take(6).map(String)
    const commit: Commit = {
      hash: hash ?? "",
      author: author ?? "",
      email: email ?? "",
      seconds: Number(seconds || Number.NaN),
      subject: subject ?? "",
    }
    // The clone's oldest commits seem to add every file: their parents were left out.
    const isCutOff = isShallow && parents === ""
    const events: Array<AuditEventInput> = []
    while (count < eventsMax && pieces.has(2)) {
      const status = statusPattern.exec(pieces.peek().toString("latin1"))?.[1]
      if (status === undefined) break
      const path = pieces.take(2)[1] ?? Buffer.alloc(0)
      const change = isCutOff ? "present" : (changes[status] ?? "modified")
      events.push(fileChanged(commit, change, fileNameOf(path)))
      count += 1
    }
    commits += 1
    authors.add(commit.email)
    newestFirst.push(events)
  }
  return {
    events: newestFirst.reverse().flat(),
    commits,
    authors: authors.size,
    isShallow,
    isCut: pieces.has(1),
  }
}

/** Pieces that end in NUL; what comes after the last NUL was cut off and is left out. */
class Pieces {
  private at = 0
  private readonly bytes: Buffer
  private readonly ends: Array<number> = []

  constructor(bytes: Buffer) {
    this.bytes = bytes
    for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, end + 1)) this.ends.push(end)
  }

  has(count: number): boolean {
    return this.at + count <= this.ends.length
  }

  peek(): Buffer {
    const start = this.at === 0 ? 0 : (this.ends[this.at - 1] ?? 0) + 1
    return this.bytes.subarray(start, this.ends[this.at])
  }

  take(count: number): ReadonlyArray<Buffer> {
    return Array.from({ length: count }, () => {
      const piece = this.peek()
      this.at += 1
      return piece
    })
  }
}
