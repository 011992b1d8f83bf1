/**
 * The kernel that writes lines of JSON, in TypeScript.
 *
 * @since 0.1.0
 */
import {
  flags,
  guards,
  headWords,
  kinds,
  none,
  opWords,
  reasons,
  state as places,
} from "./JsonPlan.ts"
import type { KernelCalls } from "./Kernels.ts"
import type { Memory } from "./Memory.ts"
import { type Reading, readPacked, readZoned, valueOf } from "./NumberTwin.ts"
import { putCharacters, trimmed } from "./TextTwin.ts"

const opBytes = opWords * 4

const rendered = ({ digits, isNegative }: Reading, scale: number, isShort: boolean): string => {
  const fraction = Math.max(0, scale)
  const all = digits.join("").padStart(fraction + 1, "0")
  const isZero = /^0*$/.test(all)
  const whole = all.slice(0, all.length - fraction).replace(/^0+(?=\d)/, "")
  const behind = all.slice(all.length - fraction)
  const kept = isShort ? behind.replace(/0+$/, "") : behind
  const zeros = isZero ? "" : "0".repeat(Math.max(0, -scale))
  return `${isNegative && !isZero ? "-" : ""}${whole}${kept === "" ? "" : `.${kept}`}${zeros}`
}

interface Loop {
  readonly times: number
  done: number
  readonly base: number
}

/** Views of the same bytes. */
interface Cluster {
  readonly isOuterFaulty: boolean
  readonly shift: number
  isFitting: boolean
  isAnyFaulty: boolean
  out: number
  gone: number | undefined
}

/** One record on its way through the plan. */
class Walk {
  private readonly memory: Memory
  private readonly firstOp: number
  private readonly counters = new Map<number, number>()
  private loops: Array<Loop> = []
  private readonly clusters: Array<Cluster> = []
  private isFaulty = false
  private base: number
  private readonly end: number
  /** How much earlier fields lie than with tables at their maximum. */
  shift = 0
  out: number

  private readonly record: number

  constructor(
    memory: Memory,
    firstOp: number,
    record: number,
    { base, length, out }: { readonly base: number; readonly length: number; readonly out: number },
  ) {
    this.record = record
    this.end = base + length
    this.memory = memory
    this.firstOp = firstOp
    this.base = base
    this.out = out
  }

  private put(address: number, length: number): void {
    this.memory.bytes.copyWithin(this.out, address, address + length)
    this.out += length
  }

  private putByte(byte: number): void {
    this.memory.bytes[this.out++] = byte
  }

  private move(gone: number): void {
    this.base -= gone
    this.shift += gone
    this.loops = this.loops.map((loop) => ({ ...loop, base: loop.base - gone }))
  }

  /** Where to go on; undefined where the record is not plain. */
  step(op: number): number | undefined {
    const { memory } = this
    const guard = memory.word(op + 52)
    if (memory.word(op) !== kinds.next) {
      const isElided = (guard & guards.elides) !== 0 && memory.bytes[this.out - 1] === 0x7b
      const elided = isElided ? 1 : 0
      this.put(memory.word(op + 4) + elided, memory.word(op + 8) - elided)
    }
    const valueAt = this.out
    const at = this.base + memory.word(op + 12)
    const isShort = (guard & guards.checks) !== 0 && at + memory.word(op + 56) > this.end
    const next = isShort ? undefined : this.go(op)
    if (next !== undefined || (guard & (isShort ? guards.nullsShort : guards.nullsBad)) === 0) {
      return next
    }
    this.out = valueAt - ((guard & guards.opened) === 0 ? 0 : 1)
    for (const character of "null") this.putByte(character.charCodeAt(0))
    if ((guard & guards.faults) !== 0) this.isFaulty = true
    return op + opBytes
  }

  private go(op: number): number | undefined {
    const kind = this.memory.word(op)
    const behind = op + opBytes
    if (kind === kinds.text) return this.text(op) ? behind : undefined
    if (kind === kinds.loop) return this.begin(op)
    if (kind === kinds.next) return this.next(op)
    if (kind === kinds.external) return this.external(op) ? behind : undefined
    if (kind === kinds.cluster) return this.cluster(behind)
    if (kind === kinds.view) return this.view(op)
    if (kind === kinds.viewEnd) return this.viewEnd(op)
    if (kind === kinds.clusterEnd) return this.clusterEnd(op)
    return kind === kinds.literal || this.number(op, kind) ? behind : undefined
  }

  private cluster(behind: number): number {
    this.clusters.push({
      isOuterFaulty: this.isFaulty,
      shift: this.shift,
      isFitting: false,
      isAnyFaulty: false,
      out: this.out,
      gone: undefined,
    })
    return behind
  }

  private view(op: number): number {
    const { memory } = this
    const cluster = this.clusters.at(-1)
    const holds = memory.word(op + 20)
    const isHeld = holds === 0 || memory.bytes[holds + this.record] !== 0
    const isWanted = memory.word(op + 16) === 0 || cluster?.isFitting !== true
    if (!isHeld || !isWanted) return this.firstOp + memory.word(op + 24) * opBytes
    this.isFaulty = false
    if (cluster !== undefined) cluster.out = this.out
    return op + opBytes
  }

  private viewEnd(op: number): number {
    const { memory } = this
    const cluster = this.clusters.at(-1)
    if (cluster === undefined) return op + opBytes
    if (this.isFaulty) {
      cluster.isAnyFaulty = true
      if (memory.word(op + 28) !== 0) this.out = cluster.out
    } else cluster.isFitting = true
    const moved = this.shift - cluster.shift
    const gone = moved + memory.word(op + 16)
    cluster.gone = Math.min(gone, cluster.gone ?? gone)
    this.base += moved
    this.shift = cluster.shift
    return op + opBytes
  }

  private clusterEnd(op: number): number | undefined {
    const cluster = this.clusters.pop()
    if (cluster === undefined) return undefined
    const isFault = cluster.isAnyFaulty && !cluster.isFitting
    if (isFault && this.clusters.length === 0) return undefined
    this.isFaulty = cluster.isOuterFaulty || isFault
    if (this.memory.word(op + 16) !== 0) {
      if (cluster.gone === undefined) return undefined
      this.base -= cluster.gone
      this.shift += cluster.gone
    }
    return op + opBytes
  }

  private external(op: number): boolean {
    const entry = this.memory.word(op + 20) + this.record * 8
    const length = this.memory.word(entry + 4)
    if (length === none) return false
    this.put(this.memory.word(entry), length)
    return true
  }

  private text(op: number): boolean {
    const { memory } = this
    const at = this.base + memory.word(op + 12)
    const [width, , characters, trim, blank] = [4, 5, 6, 7, 8].map((n) => memory.word(op + n * 4))
    const kept = trimmed(memory.bytes, at, width ?? 0, trim ?? 0, blank ?? 0)
    const end = putCharacters(memory.bytes, kept.from, kept.length, characters ?? 0, this.out)
    if (end < 0) return false
    this.out = end
    this.putByte(0x22)
    return true
  }

  private read(op: number, kind: number): Reading | undefined {
    const { memory } = this
    const word = (index: number): number => memory.word(op + index * 4)
    const at = this.base + word(3)
    const set = word(9)
    if (kind === kinds.packed) {
      return readPacked(memory, {
        at,
        width: word(4),
        hasSign: (set & flags.signNibble) !== 0,
        isPadded: (set & flags.padded) !== 0,
        validSigns: word(5) & 0xffff,
        negativeSigns: word(5) >>> 16,
      })
    }
    if (kind === kinds.zoned) {
      const separate = word(10) | 0
      return readZoned(memory, {
        at,
        digits: word(4),
        zone: word(5),
        signs: word(6),
        signLane: word(7) | 0,
        separate: separate === -128 ? -1 : at + separate,
      })
    }
    const isLittle = (set & flags.little) !== 0
    const value = memory.binary(at, word(4), isLittle, (set & flags.signed) !== 0)
    const magnitude = value < 0n ? -value : value
    const most = memory.long(op + 40)
    if (most !== 0n && magnitude > BigInt.asUintN(64, most)) return undefined
    return { digits: Array.from(magnitude.toString(), Number), isNegative: value < 0n }
  }

  private number(op: number, kind: number): boolean {
    const reading = this.read(op, kind)
    if (reading === undefined) return false
    const slot = this.memory.word(op + 48)
    if (slot !== none) this.counters.set(slot, Number(valueOf(reading)))
    const set = this.memory.word(op + 36)
    if ((set & flags.silent) !== 0) return true
    const scale = this.memory.word(op + 32) | 0
    for (const character of rendered(reading, scale, (set & flags.short) !== 0)) {
      this.putByte(character.charCodeAt(0))
    }
    if ((set & flags.quoted) !== 0) this.putByte(0x22)
    return true
  }

  private begin(op: number): number | undefined {
    const most = this.memory.word(op + 20)
    const slot = this.memory.word(op + 28)
    const times = slot === none ? most : (this.counters.get(slot) ?? 0)
    if (times > most || times < (slot === none ? 0 : this.memory.word(op + 40))) return undefined
    this.loops.push({ times, done: 0, base: this.base })
    return times > 0 ? op + opBytes : this.firstOp + (this.memory.word(op + 24) - 1) * opBytes
  }

  private next(op: number): number {
    const { memory } = this
    const head = this.firstOp + memory.word(op + 16) * opBytes
    const loop = this.loops.at(-1)
    const stride = memory.word(head + 16)
    if (loop !== undefined && ++loop.done < loop.times) {
      if ((memory.word(op + 36) & flags.silent) === 0) this.putByte(0x2c)
      this.base += stride
      return head + opBytes
    }
    this.loops.pop()
    this.base = loop?.base ?? this.base
    if ((memory.word(head + 36) & flags.moves) !== 0) {
      this.move((memory.word(head + 20) - (loop?.times ?? 0)) * stride)
    }
    this.put(memory.word(op + 4), memory.word(op + 8))
    return op + opBytes
  }
}

/** @category constructors */
export const jsonTwin = (memory: Memory): Pick<KernelCalls, "json"> => ({
  json: (plan, starts, lengths, from, count, first, limit, state) => {
    const firstOp = plan + headWords * 4
    const endOp = firstOp + memory.word(plan + 12) * opBytes
    const longest = memory.word(plan + 4)
    const exact = memory.word(plan + 16)
    let out = first
    let reason: number = reasons.done
    let record = from
    for (; record < count; record++) {
      const length = memory.word(lengths + record * 4)
      reason = reasons.notPlain
      if (length < memory.word(plan) || length > longest) break
      reason = reasons.full
      if (out + memory.word(plan + 8) > limit) break
      reason = reasons.notPlain
      const base = memory.word(starts + record * 4)
      const walk = new Walk(memory, firstOp, record, { base, length, out })
      let op: number | undefined = firstOp
      while (op !== undefined && op < endOp) op = walk.step(op)
      const least = longest - walk.shift
      if (op === undefined || (exact === 1 && least !== length)) break
      if (exact === 2 && least < length) break
      memory.bytes[walk.out] = 0x0a
      out = walk.out + 1
      reason = reasons.done
    }
    memory.putWord(state + places.out, out)
    memory.putWord(state + places.reason, reason)
    return record
  },
})
