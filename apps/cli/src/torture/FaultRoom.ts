/**
 * A small disk of its own, that can be filled and write-protected.
 *
 * It is a tmpfs in a mount namespace that one shell holds, as root or in a user namespace: nobody
 * else sees it but through `/proc/<shell>/root`, and it is gone with the shell.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"

const isRoot = process.getuid?.() === 0
const program = "unshare"
const namespaces = isRoot ? ["-m"] : ["-Urm"]
const mebibyte = 2 ** 20
const protectTriesMax = 100

/** Why there can be no such room here; `undefined` where there can. */
export const roomLack = (): string | undefined => {
  if (process.platform !== "linux") return "needs Linux's mount namespaces"
  const tried = spawnSync(program, [...namespaces, "mount", "-t", "tmpfs", "none", "/tmp"], {
    encoding: "utf8",
  })
  if (tried.status === 0) return undefined
  const detail = tried.error?.message ?? tried.stderr.trim()
  return `needs root or user namespaces, to mount a small disk: ${detail}`
}

export class FaultRoom {
  /** Where the disk is, for everybody. */
  readonly directory: string
  private readonly mount: string
  private readonly shell: ChildProcess

  private constructor(shell: ChildProcess, mount: string) {
    this.shell = shell
    this.mount = mount
    this.directory = path.join(`/proc/${shell.pid}/root`, mount)
  }

  /** @param mount an empty directory */
  static async open(mount: string, mebibytes: number): Promise<FaultRoom> {
    const shell = spawn(program, [...namespaces, "sh"], { stdio: ["pipe", "pipe", "inherit"] })
    const room = new FaultRoom(shell, mount)
    await room.order(`mount -t tmpfs -o size=${mebibytes}m none "${mount}"`)
    return room
  }

  /** Takes all room but so many MiB. */
  fill(leftMebibytes: number): void {
    const { bavail, bsize } = fs.statfsSync(this.directory)
    const bytes = bavail * bsize - leftMebibytes * mebibyte
    fs.writeFileSync(path.join(this.directory, "filler"), Buffer.alloc(bytes))
  }

  /** Gives the room back. */
  empty(): void {
    fs.rmSync(path.join(this.directory, "filler"))
  }

  /**
   * Lays a read-only view over the disk. Linux refuses to make a disk read-only on which a file
   * is open for writing; so the open one can still be written, and nothing new can be made.
   */
  async protect(): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      await this.order(`mount --bind "${this.mount}" "${this.mount}"`)
      try {
        return await this.order(`mount -o remount,bind,ro "${this.mount}"`)
      } catch (error) {
        // A file was opened for writing between the two, on the view itself: a new view has none.
        await this.order(`umount -l "${this.mount}"`)
        if (tries === protectTriesMax) throw error
      }
    }
  }

  async unprotect(): Promise<void> {
    // Lazily: a reader may be in it.
    await this.order(`umount -l "${this.mount}"`)
  }

  /** The disk is gone with all that is on it. */
  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.shell.once("close", resolve))
    this.shell.stdin?.end()
    await ended
  }

  private order(command: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (): void => reject(new Error(`${command} has failed`))
      this.shell.once("close", fail)
      this.shell.stdout?.once("data", (answer: Buffer) => {
        this.shell.off("close", fail)
        if (answer.toString() === "0\n") resolve()
        else fail()
      })
      this.shell.stdin?.write(`${command} >&2; echo $?\n`)
    })
  }
}
