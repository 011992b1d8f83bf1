import { randomOf, wholeBelow } from "@countersign/core/testing/SeededRandom"

/** The next number of a stream: a whole number from 0 to `below - 1`. */
type Random = (below: number) => number

/** The stream of a seed. */
export const randomFrom = (seed: number): Random => {
  const random = randomOf(seed)
  return (below) => wholeBelow(random, below)
}

const pick = <A>(random: Random, from: ReadonlyArray<A>): A | undefined => from[random(from.length)]

export const inputBytesMax = 1 << 20

// What a length field says when somebody means harm.
const extremes = [
  "00",
  "ff",
  "0000",
  "ffff",
  "00000000",
  "01000000",
  "7fffffff",
  "ffffff7f",
  "ffffffff",
  "0000000000000000",
  "001fffffffffffff",
  "0020000000000000",
  "ffffffffffffffff",
].map((hex) => Buffer.from(hex, "hex"))

const spliced = (input: Buffer, at: number, removed: number, insert: Uint8Array): Buffer =>
  Buffer.concat([input.subarray(0, at), insert, input.subarray(at + removed)])

const overwrite = (input: Buffer, at: number, bytes: Uint8Array): Buffer => {
  const copy = Buffer.from(input)
  copy.set(bytes.subarray(0, Math.max(0, copy.length - at)), at)
  return copy
}

const once = (
  input: Buffer,
  other: Buffer,
  tokens: ReadonlyArray<string>,
  random: Random,
): Buffer => {
  const at = random(input.length + 1)
  const length = random(random(8) === 0 ? input.length + 1 : 9)
  switch (random(tokens.length === 0 ? 8 : 10)) {
    case 0:
      return overwrite(input, at, Uint8Array.of((input[at] ?? 0) ^ (1 << random(8))))
    case 1:
      return overwrite(input, at, Uint8Array.of(random(256)))
    case 2:
      return spliced(input, at, length, Buffer.alloc(0))
    case 3:
      return spliced(input, at, 0, input.subarray(at, at + length))
    case 4:
      return Buffer.concat([input.subarray(0, at), other.subarray(random(other.length + 1))])
    case 5:
      return overwrite(input, at, pick(random, extremes) ?? input)
    case 6:
      return input.subarray(0, at)
    case 7:
      return spliced(input, at, 0, Uint8Array.of(random(256)))
    case 8:
      return spliced(input, at, 0, Buffer.from(pick(random, tokens) ?? ""))
    default:
      return spliced(input, at, length, Buffer.from(` ${pick(random, tokens) ?? ""} `))
  }
}

/** One to six changes of a seed; with tokens, now and then a text of nothing but tokens. */
export const mutate = (
  seeds: ReadonlyArray<Buffer>,
  tokens: ReadonlyArray<string>,
  random: Random,
): Buffer => {
  if (tokens.length > 0 && random(5) === 0) {
    const words = Array.from({ length: random(24) }, () => pick(random, tokens))
    return Buffer.from(words.join(pick(random, ["", " ", "\n"])))
  }
  let input = Buffer.from(pick(random, seeds) ?? [])
  for (let left = random(6); left >= 0; left -= 1) {
    input = Buffer.from(once(input, pick(random, seeds) ?? input, tokens, random))
  }
  return input.subarray(0, inputBytesMax)
}
