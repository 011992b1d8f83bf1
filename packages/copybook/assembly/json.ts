/**
 * Records as lines of JSON: a plan of operations is walked for each record, and what is anything
 * but plain leaves the record to the caller.
 *
 * An operation has 16 words of 32 bits: kind, the bytes that are written before it and how many,
 * the offset in the record with tables at their maximum, and what its kind needs.
 */
import { iota, isAnyAboveNine, lastBytes, nibblesOf, valueOf16, withoutLast } from "./digits"
import { digitsOf, putLong, putNumber, spread } from "./jsonNumber"
import { loadBinary } from "./binary"
import { blanksLeft, sequenceOf, translate, trimmedRight } from "./text"

const kindLiteral: u32 = 0
const kindText: u32 = 1
const kindZoned: u32 = 2
const kindPacked: u32 = 3
const kindBinary: u32 = 4
const kindLoop: u32 = 5
const kindNext: u32 = 6
const kindExternal: u32 = 7
const kindCluster: u32 = 8
const kindView: u32 = 9
const kindViewEnd: u32 = 10
const kindClusterEnd: u32 = 11

const guardElides: u32 = 1
const guardChecks: u32 = 2
const guardNullsBad: u32 = 4
const guardNullsShort: u32 = 8
const guardFaults: u32 = 16
const guardOpened: u32 = 32

/** The number stands between quotation marks. */
const flagQuoted: u32 = 1
/** Zeros at the end of the fraction are left out. */
const flagShort: u32 = 2
/** Nothing is written: the field is only a counter. */
const flagSilent: u32 = 4
const flagSigned: u32 = 8
const flagPadded: u32 = 16
const flagSignNibble: u32 = 32
const flagLittle: u32 = 64
/** Occurrences that are not there take no place. */
const flagMoves: u32 = 128

const opSize: usize = 64

// Results, and what a walk keeps, in the caller's memory.
const stateOut: usize = 0
const stateReason: usize = 4
const stateCounters: usize = 64
const stateClusters: usize = 192
const stateLoops: usize = 320
const stateScratch: usize = 640

const reasonFull: u32 = 1
const reasonNotPlain: u32 = 2

// @ts-ignore: a decorator of AssemblyScript
@inline
function word(op: usize, index: usize): u32 {
  return load<u32>(op + (index << 2))
}

/** May write up to 15 bytes too many. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function copy(from: usize, length: usize, to: usize): void {
  for (let at: usize = 0; at < length; at += 16) v128.store(to + at, v128.load(from + at))
}

/** Whether JSON has another form for one of the bytes, or UTF-8 for the character. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function isSpecial(from: usize, length: usize): bool {
  const end = from + length
  let special = i8x16.splat(0)
  // What lies behind the text is blanked out, and blanks are plain.
  for (; from < end; from += 16) {
    let bytes = v128.load(from)
    const left = end - from
    if (left < 16) {
      const inside = i8x16.lt_u(iota(), i8x16.splat(<u8>left))
      bytes = v128.bitselect(bytes, i8x16.splat(0x20), inside)
    }
    special = v128.or(
      v128.or(special, i8x16.lt_s(bytes, i8x16.splat(0x20))),
      v128.or(i8x16.eq(bytes, i8x16.splat(0x22)), i8x16.eq(bytes, i8x16.splat(0x5c))),
    )
  }
  return v128.any_true(special)
}

/** Whether the record goes on: what a field without plain bytes answers with. */
const stop: usize = 0

// @ts-ignore: a decorator of AssemblyScript
@inline
function putText(op: usize, at: usize, out: usize): usize {
  let length = <usize>word(op, 4)
  const trim = word(op, 7)
  const blank = word(op, 8)
  if (trim & 1) length = trimmedRight(at, length, blank)
  if (trim & 2) {
    const blanks = blanksLeft(at, length, blank)
    at += blanks
    length -= blanks
  }
  translate(at, length, out, word(op, 5))
  if (isSpecial(out, length)) {
    const characters = <usize>word(op, 6)
    for (let n: usize = 0; n < length; n++) {
      const entry = load<u64>(characters + (<usize>load<u8>(at + n) << 3))
      const size = <usize>(entry >> 56)
      if (size < 240) {
        store<u64>(out, entry)
        out += size
        continue
      }
      const own: usize = size == 255 ? <usize>0 : sequenceOf(at + n, length - n, size - 240)
      if (own == 0) return stop
      store<u32>(out, load<u32>(at + n))
      out += own
      n += own - 1
    }
  } else out += length
  store<u8>(out, 0x22)
  return out + 1
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function putZoned(op: usize, at: usize, out: usize, state: usize): usize {
  const count = <i32>word(op, 4)
  const zone = word(op, 5)
  const signs = <usize>word(op, 6)
  const lane = word(op, 7)
  const scale = <i32>word(op, 8)
  const flags = word(op, 9)
  const separate = <i32>word(op, 10)
  let sign: u32 = 0
  // Relative to the first digit, so that it moves with the field.
  if (separate != -128) sign = load<u8>(signs + <usize>load<u8>(at + <usize>separate))
  if (count <= 16 && <u32>scale < 16) {
    let digits = v128.and(
      i8x16.sub(v128.load(at + <usize>count - 16), i8x16.splat(<u8>zone)),
      lastBytes(count),
    )
    if (lane < 16) {
      sign = load<u8>(signs + <usize>load<u8>(at + <usize>lane - 16 + <usize>count))
      digits = v128.bitselect(
        i8x16.splat(<u8>(sign & 15)),
        digits,
        i8x16.eq(iota(), i8x16.splat(<u8>lane)),
      )
    }
    if (isAnyAboveNine(digits) || sign == 255) return stop
    keepCounter(op, state, digits, sign >= 128)
    if (flags & flagSilent) return out
    out = putNumber(out, digits, scale, sign >= 128, (flags & flagShort) != 0)
  } else {
    const scratch = state + stateScratch
    for (let n = 0; n < count; n++) {
      const byte = <u32>load<u8>(at + <usize>n)
      let digit = (byte - zone) & 0xff
      if (n == <i32>lane - 16 + count && lane != 16) {
        sign = load<u8>(signs + <usize>byte)
        digit = sign & 15
      }
      if (digit > 9) return stop
      store<u8>(scratch + <usize>n, <u8>digit)
    }
    if (sign == 255) return stop
    out = putLong(out, scratch, count, scale, sign >= 128, (flags & flagShort) != 0)
  }
  if (flags & flagQuoted) {
    store<u8>(out, 0x22)
    out++
  }
  return out
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function keepCounter(op: usize, state: usize, digits: v128, isNegative: bool): void {
  const slot = word(op, 12)
  if (slot == 0xffffffff) return
  // Less than none is as wrong as too many.
  const value = valueOf16(digits)
  const isCount = value <= 0x7fffffff && (value == 0 || !isNegative)
  store<u32>(state + stateCounters + (<usize>slot << 2), isCount ? <u32>value : 0xffffffff)
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function putPacked(op: usize, at: usize, out: usize, state: usize): usize {
  const width = <usize>word(op, 4)
  const signs = word(op, 5)
  const scale = <i32>word(op, 8)
  const flags = word(op, 9)
  const hasSign = (flags & flagSignNibble) != 0
  if (flags & flagPadded && load<u8>(at) >= 16) return stop
  let isNegative = false
  if (hasSign) {
    const sign = <u32>load<u8>(at + width - 1) & 15
    if (((signs >> sign) & 1) == 0) return stop
    isNegative = (((signs >> 16) >> sign) & 1) != 0
  }
  if (width <= 8 && <u32>scale < 16) {
    const keep = ~(<u64>0) << (<u64>(8 - width) << 3)
    let digits = nibblesOf(load<u64>(at + width - 8) & keep)
    if (hasSign) digits = withoutLast(digits)
    if (isAnyAboveNine(digits)) return stop
    keepCounter(op, state, digits, isNegative)
    if (flags & flagSilent) return out
    out = putNumber(out, digits, scale, isNegative, (flags & flagShort) != 0)
  } else {
    const scratch = state + stateScratch
    const count = <i32>(width << 1) - <i32>hasSign
    for (let n = 0; n < count; n++) {
      const byte = <u32>load<u8>(at + <usize>(n >> 1))
      const digit = n & 1 ? byte & 15 : byte >> 4
      if (digit > 9) return stop
      store<u8>(scratch + <usize>n, <u8>digit)
    }
    out = putLong(out, scratch, count, scale, isNegative, (flags & flagShort) != 0)
  }
  if (flags & flagQuoted) {
    store<u8>(out, 0x22)
    out++
  }
  return out
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function putBinary(op: usize, at: usize, out: usize, state: usize): usize {
  const flags = word(op, 9)
  const scale = <i32>word(op, 8)
  const isSigned = flags & flagSigned
  let value = loadBinary(at, <i32>word(op, 4), flags & flagLittle, isSigned)
  const isNegative = isSigned != 0 && <i64>value < 0
  if (isNegative) value = -value
  const most = load<u64>(op + 40)
  if (most != 0 && value > most) return stop
  const slot = word(op, 12)
  if (slot != 0xffffffff) store<u32>(state + stateCounters + (<usize>slot << 2), isNegative || value > 0x7fffffff ? 0xffffffff : <u32>value)
  if (flags & flagSilent) return out
  if (value < 10000000000000000 && <u32>scale < 16) {
    out = putNumber(out, digitsOf(value), scale, isNegative, (flags & flagShort) != 0)
  } else {
    const scratch = state + stateScratch
    spread(value, scratch + 20, 20)
    out = putLong(out, scratch, 20, scale, isNegative, (flags & flagShort) != 0)
  }
  if (flags & flagQuoted) {
    store<u8>(out, 0x22)
    out++
  }
  return out
}

/**
 * Writes records `from` to `count`, each with a line feed, and answers with the first that is not
 * written: the state says where the text ends, and why it stopped there.
 *
 * @param plan eight words: the shortest and the longest record, the longest line, how many
 *   operations, and whether counters and views have to explain the length (1) or it may not be longer
 *   than they say (2); then the operations
 */
export function json(
  plan: usize, starts: usize, lengths: usize, from: i32, count: i32,
  out: usize, limit: usize, state: usize,
): i32 {
  const shortest = word(plan, 0)
  const longest = word(plan, 1)
  const longestLine = <usize>word(plan, 2)
  const exact = word(plan, 4)
  const firstOp = plan + 32
  const endOp = firstOp + <usize>word(plan, 3) * opSize
  let reason: u32 = 0
  let record = from
  for (; record < count; record++) {
    const length = load<u32>(lengths + (<usize>record << 2))
    if (length < shortest || length > longest) {
      reason = reasonNotPlain
      break
    }
    if (out + longestLine > limit) {
      reason = reasonFull
      break
    }
    const start = out
    let base = <usize>load<u32>(starts + (<usize>record << 2))
    let shift: usize = 0
    let depth: usize = 0
    const end = base + <usize>length
    let cluster = state + stateClusters - 32
    let isFaulty: u32 = 0
    let op = firstOp
    while (op < endOp) {
      let prefix = <usize>word(op, 2)
      const kind = word(op, 0)
      const guard = word(op, 13)
      if (kind != kindNext) {
        let from = <usize>word(op, 1)
        if (guard & guardElides && load<u8>(out - 1) == 0x7b) {
          from++
          prefix--
        }
        copy(from, prefix, out)
        out += prefix
      }
      const at = base + <usize>word(op, 3)
      const valueAt = out
      const isShort = (guard & guardChecks) != 0 && at + <usize>word(op, 14) > end
      if (isShort) out = stop
      else if (kind == kindText) out = putText(op, at, out)
      else if (kind == kindPacked) out = putPacked(op, at, out, state)
      else if (kind == kindZoned) out = putZoned(op, at, out, state)
      else if (kind == kindBinary) out = putBinary(op, at, out, state)
      else if (kind == kindLoop) {
        const most = word(op, 5)
        const slot = word(op, 7)
        let times = most
        if (slot != 0xffffffff) {
          times = load<u32>(state + stateCounters + (<usize>slot << 2))
          if (times > most || times < word(op, 10)) {
            out = stop
            break
          }
        }
        const loop = state + stateLoops + (depth << 4)
        store<u32>(loop, times)
        store<u32>(loop, base, 4)
        store<u32>(loop, 0, 8)
        depth++
        // Of the end's operation the step below makes one more.
        if (times == 0) op = firstOp + (<usize>word(op, 6) - 2) * opSize
      } else if (kind == kindNext) {
        const head = firstOp + <usize>word(op, 4) * opSize
        const loop = state + stateLoops + ((depth - 1) << 4)
        const times = load<u32>(loop)
        const done = load<u32>(loop, 8) + <u32>(times > 0)
        store<u32>(loop, done, 8)
        if (done < times) {
          if (!(word(op, 9) & flagSilent)) {
            store<u8>(out, 0x2c)
            out++
          }
          base += <usize>word(head, 4)
          op = head
        } else {
          base = load<u32>(loop, 4)
          depth--
          if (word(head, 9) & flagMoves) {
            const gone = <usize>(word(head, 5) - times) * <usize>word(head, 4)
            base -= gone
            shift += gone
            // Enclosing occurrences begin earlier, too.
            for (let outer: usize = 0; outer < depth; outer++) {
              const enclosing = state + stateLoops + (outer << 4)
              store<u32>(enclosing, load<u32>(enclosing, 4) - <u32>gone, 4)
            }
          }
          copy(word(op, 1), prefix, out)
          out += prefix
        }
      } else if (kind == kindExternal) {
        const entry = <usize>word(op, 5) + (<usize>record << 3)
        const size = load<u32>(entry, 4)
        if (size == 0xffffffff) out = stop
        else {
          copy(load<u32>(entry), size, out)
          out += size
        }
      } else if (kind == kindCluster) {
        cluster += 32
        store<u32>(cluster, isFaulty)
        store<u64>(cluster, 0, 4)
        store<u32>(cluster, <u32>shift, 16)
        store<u32>(cluster, 0xffffffff, 20)
      } else if (kind == kindView) {
        const holds = <usize>word(op, 5)
        if (holds != 0 && load<u8>(holds + <usize>record) == 0 || word(op, 4) != 0 && load<u32>(cluster, 4) != 0) {
          op = firstOp + (<usize>word(op, 6) - 1) * opSize
        } else {
          isFaulty = 0
          store<u32>(cluster, <u32>out, 12)
        }
      } else if (kind == kindViewEnd) {
        if (isFaulty == 0) store<u32>(cluster, 1, 4)
        else {
          store<u32>(cluster, 1, 8)
          if (word(op, 7)) out = load<u32>(cluster, 12)
        }
        // Each view begins where the first one did.
        const moved = <u32>shift - load<u32>(cluster, 16)
        const gone = moved + word(op, 4)
        if (gone < load<u32>(cluster, 20)) store<u32>(cluster, gone, 20)
        base += <usize>moved
        shift -= <usize>moved
      } else if (kind == kindClusterEnd) {
        isFaulty = load<u32>(cluster)
        if (load<u32>(cluster, 8) != 0 && load<u32>(cluster, 4) == 0) {
          // None of them fits: a fault of what is around them.
          if (cluster == state + stateClusters) out = stop
          isFaulty = 1
        }
        if (word(op, 4)) {
          const gone = load<u32>(cluster, 20)
          if (gone == 0xffffffff) out = stop
          base -= <usize>gone
          shift += <usize>gone
        }
        cluster -= 32
      } else if (kind != kindLiteral) unreachable()
      if (out == stop) {
        if ((guard & (isShort ? guardNullsShort : guardNullsBad)) == 0) break
        out = valueAt - <usize>((guard & guardOpened) != 0)
        store<u32>(out, 0x6c6c756e)
        out += 4
        if (guard & guardFaults) isFaulty = 1
      }
      op += opSize
    }
    const least = longest - <u32>shift
    if (out == stop || (exact == 1 && least != length) || (exact == 2 && least < length)) {
      out = start
      reason = reasonNotPlain
      break
    }
    store<u8>(out, 0x0a)
    out++
  }
  store<u32>(state + stateOut, out)
  store<u32>(state + stateReason, reason)
  return record
}
