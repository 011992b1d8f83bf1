/** What the numbers were measured on. */
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import { root } from "./scratch.ts"

export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly memoryGiB: number
  readonly kernel: string
  readonly node: string
  /** Kind of disk and file system under the trails. */
  readonly disk: string
}

/** One line of `/proc/self/mountinfo`: device number, mount point, file system. */
interface Mount {
  readonly device: string
  readonly point: string
  readonly fileSystem: string
}

const mounts = (): ReadonlyArray<Mount> =>
  fs
    .readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .flatMap((line) => {
      const [before = "", after = ""] = line.split(" - ")
      const [, , device = "", , point = ""] = before.split(" ")
      const [fileSystem = ""] = after.split(" ")
      return point === "" ? [] : [{ device, point, fileSystem }]
    })

const holds = (point: string, directory: string): boolean =>
  point === "/" || directory === point || directory.startsWith(`${point}/`)

const readDisk = (directory: string): string => {
  const [mount] = mounts()
    .filter(({ point }) => holds(point, directory))
    .sort((left, right) => right.point.length - left.point.length)
  if (mount === undefined) return "unknown"
  const block = `/sys/dev/block/${mount.device}`
  if (!fs.existsSync(block)) return mount.fileSystem
  const device = fs.realpathSync(block)
  const queue = [`${device}/queue/rotational`, `${device}/../queue/rotational`].find((file) =>
    fs.existsSync(file),
  )
  // A virtual disk says that it turns whatever lies behind it.
  const kind = device.includes("/virtio")
    ? "virtual disk"
    : queue !== undefined && fs.readFileSync(queue, "utf8").trim() === "1"
      ? "rotating disk"
      : "solid-state disk"
  return `${kind}, ${mount.fileSystem}`
}

/** The machine; what it does not tell is `unknown`. */
export const readMachine = (directory: string): Machine => {
  const processors = os.cpus()
  let disk = "unknown"
  try {
    disk = readDisk(fs.realpathSync(directory))
  } catch {
    // Other systems than Linux keep this elsewhere.
  }
  return {
    processor: processors[0]?.model ?? "unknown",
    cores: processors.length,
    memoryGiB: Math.round(os.totalmem() / 1024 ** 3),
    kernel: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
    disk,
  }
}

const git = (...args: ReadonlyArray<string>): string =>
  execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim()

/** The commit that is checked out, with a mark when files differ from it. */
export const readCommit = (): string => {
  try {
    return `${git("rev-parse", "HEAD")}${git("status", "--porcelain") === "" ? "" : " and changes"}`
  } catch {
    return "unknown"
  }
}
