/**
 * Brings the machine's memory into the state of a server that has been up for days: no page
 * free that nobody has used, all of it cache that the system takes back when it is needed.
 *
 * A fresh virtual machine has memory that its host has not given it yet, and some give back
 * what is free. The first touch of such a page can cost more than two events, and whoever
 * writes more bytes pays more of it.
 */
import * as fs from "node:fs"
import * as path from "node:path"

const pageBytes = 4096
const pieceBytes = 1024 * 1024
// What a system keeps free anyway, so that filling takes little back.
const sparedBytes = 512 * 1024 ** 2
// More than the rows of a full run write; a larger machine is not read through each time.
const filledBytesMax = 64 * 1024 ** 3

/** Memory that holds nothing, not even a cache; 0 where the system does not say. */
const freeBytes = (): number => {
  if (!fs.existsSync("/proc/meminfo")) return 0
  const found = /^MemFree:\s+(\d+) kB$/mu.exec(fs.readFileSync("/proc/meminfo", "utf8"))
  return Number(found?.[1] ?? 0) * 1024
}

const readOnce = (file: string, bytes: number): number => {
  const piece = Buffer.allocUnsafeSlow(pieceBytes)
  const fd = fs.openSync(file, "r")
  const from = performance.now()
  for (let at = 0; at < bytes; at += pieceBytes) fs.readSync(fd, piece, 0, pieceBytes, at)
  fs.closeSync(fd)
  return ((performance.now() - from) * 1000) / (bytes / pageBytes)
}

let holes = 0

/**
 * Fills free memory with cache: a hole in a file is read without a disk, and its pages are the
 * first that the system takes back. Returns what a page took. Units: microseconds.
 */
export const fillPageCache = (work: string): number => {
  const free = Math.min(freeBytes() - sparedBytes, filledBytesMax)
  const bytes = free - (free % pieceBytes)
  if (bytes <= 0) return 0
  const file = path.join(work, `hole-${process.pid}-${(holes += 1)}`)
  fs.writeFileSync(file, "")
  fs.truncateSync(file, bytes)
  return readOnce(file, bytes)
}
