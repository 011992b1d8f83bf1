import { setImmediate as turn } from "node:timers/promises"
import { getHeapStatistics } from "node:v8"
import { mutate, randomFrom } from "./Mutation.ts"

/** What a reader said to an input. Anything that it throws instead is a finding. */
export type Verdict = "accepted" | "refused"

/** A reader of foreign bytes. */
export interface Target {
  readonly name: string
  /** Valid inputs, which must be accepted. */
  readonly seeds: ReadonlyArray<Buffer>
  /** Words of the grammar, where the input is text. */
  readonly tokens: ReadonlyArray<string>
  /** Throws what the reader threw, or `Contradiction` where its success is none. */
  readonly run: (input: Buffer) => Verdict | Promise<Verdict>
}

/** A success that a round trip contradicts. */
class Contradiction extends Error {
  override readonly name = "Contradiction"
}

export const insist = (holds: boolean, promise: string): void => {
  if (!holds) throw new Contradiction(promise)
}

export interface Finding {
  readonly target: string
  /** The shrunk input. */
  readonly input: Buffer
  readonly stack: string
}

export interface Outcome {
  readonly tried: number
  readonly accepted: number
  readonly findings: ReadonlyArray<Finding>
}

const hangMillis = 2000
const buffersBytesMaxDefault = 2 ** 30
export const findingsMax = 5
const shrinkTriesMax = 2000
const turnEvery = 256

interface Trial {
  readonly verdict: Verdict | undefined
  /** Which finding this is: the error's name and where it was thrown. */
  readonly kind: string
  readonly stack: string
}

const failed = (kind: string, stack: string): Trial => ({ verdict: undefined, kind, stack })

/** Told of each input before it is tried, so that it is known if its reader never returns. */
export type Watch = (input: Buffer) => void

const attempt = async (target: Target, input: Buffer, watch: Watch): Promise<Trial> => {
  watch(input)
  // Processor time, not time: a busy machine is no finding.
  const before = process.threadCpuUsage()
  try {
    const said = target.run(Buffer.from(input))
    // Most readers need no turn of the event loop, and are tried faster without.
    const verdict = typeof said === "string" ? said : await said
    const { system, user } = process.threadCpuUsage(before)
    const millis = (system + user) / 1000
    return millis > hangMillis
      ? failed("hang", `took ${Math.round(millis)} ms`)
      : { verdict, kind: "", stack: "" }
  } catch (error) {
    return thrown(error)
  }
}

/** What was thrown comes from a reader gone wrong: even its text may throw. */
const thrown = (error: unknown): Trial => {
  try {
    if (!(error instanceof Error)) return failed("no error", `threw ${String(error)}`)
    const stack = error.stack ?? error.message
    const place = /\n\s+at .*?([\w.]+:\d+):\d+\)?/.exec(stack)?.[1] ?? ""
    const promise = error instanceof Contradiction ? error.message : ""
    return failed(`${error.name} ${promise} ${place}`, stack)
  } catch {
    return failed("no text", `threw ${typeof error} whose text can't be read`)
  }
}

/** A smaller input with the same finding: ever smaller pieces are left out. */
const shrink = async (
  target: Target,
  input: Buffer,
  kind: string,
  watch: Watch,
): Promise<Buffer> => {
  let smallest = input
  let tries = 0
  for (let piece = Math.ceil(input.length / 2); piece >= 1; piece = Math.floor(piece / 2)) {
    for (let at = 0; at < smallest.length && tries < shrinkTriesMax; tries += 1) {
      const shorter = Buffer.concat([smallest.subarray(0, at), smallest.subarray(at + piece)])
      if ((await attempt(target, shorter, watch)).kind === kind) smallest = shorter
      else at += piece
    }
  }
  return smallest
}

/**
 * Tries a target's seeds, then mutations of them.
 *
 * @param goesOn asked before each input with how many were tried
 * @param buffersBytesMax of this thread; its heap is limited by who starts it
 */
export const fuzz = async (
  target: Target,
  seed: number,
  goesOn: (tried: number) => boolean,
  watch: Watch = () => undefined,
  buffersBytesMax = buffersBytesMaxDefault,
): Promise<Outcome> => {
  const random = randomFrom(seed)
  const findings = new Map<string, Finding>()
  const note = (kind: string, input: Buffer, stack: string): void => {
    if (!findings.has(kind)) findings.set(kind, { target: target.name, input, stack })
  }
  let tried = 0
  let accepted = 0
  for (; goesOn(tried) && findings.size < findingsMax; tried += 1) {
    // What compression holds is given back in a turn of the event loop, as it comes in any program.
    if (tried % turnEvery === 0) await turn()
    const given = target.seeds[tried]
    const input = given ?? mutate(target.seeds, target.tokens, random)
    const { kind, stack, verdict } = await attempt(target, input, watch)
    if (verdict === "accepted") accepted += 1
    if (kind === "hang") note(kind, input, stack)
    else if (kind !== "" && !findings.has(kind))
      note(kind, await shrink(target, input, kind, watch), stack)
    if (given !== undefined && verdict === "refused") {
      note("seed", input, "a valid input is refused")
    }
    // The resident size is the whole process's: it would charge one target with another's memory.
    if (getHeapStatistics().external_memory > buffersBytesMax) {
      note("memory", input, `its thread holds more than ${buffersBytesMax} bytes in buffers`)
    }
  }
  return { tried, accepted, findings: [...findings.values()] }
}
