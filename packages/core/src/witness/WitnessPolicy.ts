/**
 * Which witnesses must have cosigned a checkpoint before it is believed.
 *
 * A policy that says something unknown is refused as a whole: what is skipped could be what
 * makes it strict.
 *
 * - Source: C2SP tlog-policy. Narrower in two points: keys are Ed25519, and `quorum none`, which
 *   every checkpoint meets, is refused.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import {
  decodeText,
  parseVerifierKey,
  type SignedNote,
  type VerifierKey,
} from "../trail/SignedNote.ts"
import { isHttpUrl } from "../platform/HttpPost.ts"
import { parseWitnessKey, verifyCosignature } from "./Cosignature.ts"

/**
 * Largest policy that is read. Units: bytes.
 *
 * @category constants
 * @since 0.1.0
 */
export const policyBytesMax = 64 * 1024

const definitionsMax = 64

/**
 * A text that is no policy, and where.
 *
 * @category errors
 * @since 0.1.0
 */
export class PolicyMalformed extends Schema.TaggedError<PolicyMalformed>(
  "@countersign/core/PolicyMalformed",
)("PolicyMalformed", {
  code: Schema.tag("AUD-3605"),
  isRetryable: Schema.tag(false),
  /** Counted from 1; 0: the whole. */
  line: Schema.Number,
  detail: Schema.String,
}) {
  override get message(): string {
    const place = this.line === 0 ? "the witness policy" : `line ${this.line} of the witness policy`
    return `${this.code}: ${place}: ${this.detail}. Nothing is verified with it`
  }
}

/**
 * @category models
 * @since 0.1.0
 */
export interface PolicyWitness {
  /** Its name in the policy. */
  readonly name: string
  readonly key: VerifierKey
  /** Where it answers, without `/add-checkpoint`. */
  readonly url?: string
}

/**
 * A witness that can be asked.
 *
 * @category models
 * @since 0.1.0
 */
export type WitnessTarget = Required<PolicyWitness>

/** Met when so many of its members are. */
interface Group {
  readonly least: number
  readonly members: ReadonlyArray<string>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface WitnessPolicy {
  /** Keys that may have signed the checkpoint; none: the policy leaves it to others. */
  readonly logs: ReadonlyArray<VerifierKey>
  readonly witnesses: ReadonlyArray<PolicyWitness>
  /** The groups by their names. */
  readonly groups: ReadonlyMap<string, Group>
  /** The name of a witness or a group. */
  readonly quorum: string
}

/** A policy while it is read. */
class Draft {
  readonly logs: Array<VerifierKey> = []
  readonly witnesses: Array<PolicyWitness> = []
  readonly groups = new Map<string, Group>()
  readonly names = new Set<string>()
  readonly grouped = new Set<string>()
  quorum: string | undefined

  /** Takes one line; gives what is wrong with it. */
  take(line: string): string | undefined {
    const [word = "", ...rest] = line.split(/[ \t]+/)
    switch (word) {
      case "log":
        return this.takeLog(rest)
      case "witness":
        return this.takeWitness(rest)
      case "group":
        return this.takeGroup(rest)
      case "quorum":
        return this.takeQuorum(rest)
      default:
        return `begins with "${word.slice(0, 40)}", which is none of log, witness, group and quorum`
    }
  }

  private takeLog([text = "", url, ...more]: ReadonlyArray<string>): string | undefined {
    const key = parseVerifierKey(text)
    if (more.length > 0) return "a log is a key, and perhaps a URL"
    if (Result.isFailure(key)) return key.failure.detail
    if (isRepeated(key.success, this.logs)) return "this log's key is there already"
    const { password, username } = (url === undefined ? undefined : URL.parse(url)) ?? {}
    // Not repeated in the message: a password may stand in it.
    if (url !== undefined && (username !== "" || password !== "")) {
      return "the log's URL is none, or has a user name or a password"
    }
    this.logs.push(key.success)
    return this.logs.length > definitionsMax ? `more than ${definitionsMax} logs` : undefined
  }

  private takeWitness([name = "", text = "", url, ...more]: ReadonlyArray<string>) {
    const key = parseWitnessKey(text)
    if (more.length > 0) return "a witness is a name, a key, and perhaps a URL"
    if (Result.isFailure(key)) return key.failure.detail
    if (
      isRepeated(
        key.success,
        this.witnesses.map((witness) => witness.key),
      )
    ) {
      return "this witness's key is there already, and would count twice"
    }
    if (url !== undefined && !isHttpUrl(url)) {
      return "the witness's URL is none that begins with http:// or https://, or has a user name or a password"
    }
    if (this.witnesses.length >= definitionsMax) return `more than ${definitionsMax} witnesses`
    this.witnesses.push({ name, key: key.success, ...(url === undefined ? {} : { url }) })
    return this.define(name)
  }

  private takeGroup([name = "", threshold = "", ...members]: ReadonlyArray<string>) {
    for (const member of members) {
      if (!this.names.has(member)) return `"${member}" is not defined above`
      if (this.grouped.has(member)) return `"${member}" is a member already, and would count twice`
      this.grouped.add(member)
    }
    const least =
      threshold === "any"
        ? 1
        : threshold === "all"
          ? members.length
          : /^[1-9]\d{0,3}$/.test(threshold)
            ? Number(threshold)
            : 0
    if (members.length === 0 || least < 1 || least > members.length) {
      return "a group is a name, then any, all or a number up to the count of its members, and these"
    }
    if (this.groups.size >= definitionsMax) return `more than ${definitionsMax} groups`
    this.groups.set(name, { least, members })
    return this.define(name)
  }

  private takeQuorum([name = "", ...more]: ReadonlyArray<string>): string | undefined {
    if (more.length > 0 || name === "") return "a quorum is one name"
    if (this.quorum !== undefined) return "there is a quorum already"
    if (name === "none") return "a quorum of none would verify anything: leave the policy out"
    if (!this.names.has(name)) return `"${name}" is not defined above`
    this.quorum = name
    return undefined
  }

  private define(name: string): string | undefined {
    if (name === "none") return `"none" is no name for a witness or group`
    if (this.names.has(name)) return `"${name}" is defined already`
    this.names.add(name)
    return undefined
  }
}

const isRepeated = ({ publicKey }: VerifierKey, known: ReadonlyArray<VerifierKey>): boolean =>
  known.some((key) => Buffer.compare(key.publicKey, publicKey) === 0)

// oxlint-disable-next-line no-control-regex -- they are what it looks for
const forbidden = /[\u0000-\u0008\u000b-\u001f\u007f]/

/**
 * Reads a policy. Whatever is not understood makes it fail.
 *
 * @category decoding
 * @since 0.1.0
 */
export const parse = (bytes: Uint8Array): Result.Result<WitnessPolicy, PolicyMalformed> => {
  const malformed = (line: number, detail: string) =>
    Result.fail(new PolicyMalformed({ line, detail }))
  if (bytes.byteLength > policyBytesMax) return malformed(0, `has at most ${policyBytesMax} bytes`)
  const text = decodeText(bytes)
  if (text === undefined) return malformed(0, "is not UTF-8")
  const draft = new Draft()
  const lines = text.split("\n")
  // A cut file could have lost the group that made it strict.
  if (lines.pop() !== "") return malformed(lines.length + 1, "does not end in a newline")
  for (const [index, each] of lines.entries()) {
    if (forbidden.test(each)) return malformed(index + 1, "holds control characters")
    const line = each.replaceAll(/^[ \t]+|[ \t]+$/g, "")
    if (line === "" || line.startsWith("#")) continue
    const wrong = draft.take(line)
    if (wrong !== undefined) return malformed(index + 1, wrong)
  }
  const { groups, logs, quorum, witnesses } = draft
  if (quorum === undefined) return malformed(0, "says no quorum")
  return Result.succeed({ logs, witnesses, groups, quorum })
}

/**
 * The witnesses of a policy that can be asked.
 *
 * @category encoding
 * @since 0.1.0
 */
export const targetsOf = ({ witnesses }: WitnessPolicy): ReadonlyArray<WitnessTarget> =>
  witnesses.flatMap(({ key, name, url }) => (url === undefined ? [] : [{ name, key, url }]))

/**
 * Tells whether these witnesses, by their names in the policy, are a quorum.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isQuorum = (
  { groups, quorum }: WitnessPolicy,
  witnessed: ReadonlySet<string>,
): boolean => {
  // Members are defined above their group, so this ends.
  const isMet = (name: string): boolean => {
    const group = groups.get(name)
    if (group === undefined) return witnessed.has(name)
    return group.members.filter(isMet).length >= group.least
  }
  return isMet(quorum)
}

/**
 * Which of the policy's witnesses have cosigned a note.
 *
 * @category models
 * @since 0.1.0
 */
export interface Witnessed {
  readonly isMet: boolean
  /** Their names in the policy. */
  readonly by: ReadonlyArray<string>
  /** Of each of the others, why it does not count. */
  readonly missing: ReadonlyArray<string>
  /** The time of the newest cosignature that counts, in seconds since 1970. */
  readonly timeSeconds?: number
}

/**
 * A cosignature from further ahead than this does not count. Units: seconds.
 *
 * @category constants
 * @since 0.1.0
 */
export const skewSecondsMax = 300

/**
 * Judges the cosignatures under exactly this note's text.
 *
 * @param nowSeconds since 1970
 * @category running
 * @since 0.1.0
 */
export const judge = (policy: WitnessPolicy, note: SignedNote, nowSeconds: number): Witnessed => {
  const by: Array<string> = []
  const missing: Array<string> = []
  let timeSeconds: number | undefined
  for (const { key, name } of policy.witnesses) {
    const cosigned = verifyCosignature(note, key)
    if (cosigned.verdict !== "valid") {
      missing.push(
        cosigned.verdict === "absent"
          ? `${name} has not cosigned it`
          : `${name}'s cosignature is not over this checkpoint`,
      )
    } else if (cosigned.timeSeconds > nowSeconds + skewSecondsMax) {
      missing.push(`${name}'s cosignature is from the future`)
    } else {
      by.push(name)
      timeSeconds = Math.max(timeSeconds ?? 0, cosigned.timeSeconds)
    }
  }
  const isMet = isQuorum(policy, new Set(by))
  return { isMet, by, missing, ...(timeSeconds === undefined ? {} : { timeSeconds }) }
}
