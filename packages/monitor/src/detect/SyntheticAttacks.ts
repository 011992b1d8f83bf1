/**
 * Attacks on a synthetic hospital, each with its label: who, when, and which rule is there for it.
 *
 * Of each kind some are loud and one is patient: it stays below the rule's bound on purpose, so that
 * what rules can't find is seen as well.
 *
 * @since 0.1.0
 */
import { type Random, wholeBelow } from "@countersign/core/testing/SeededRandom"
import {
  access,
  type Hospital,
  login,
  type Person,
  type PlannedEvent,
} from "./SyntheticHospital.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Attack {
  /** The rule that is there for it. */
  readonly rule: string
  /** Whom or what a finding may name. */
  readonly subjects: ReadonlyArray<string>
  readonly fromMillis: number
  readonly toMillis: number
  /** Below the rule's bound on purpose. */
  readonly isPatient: boolean
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Staged {
  readonly attacks: ReadonlyArray<Attack>
  readonly events: ReadonlyArray<PlannedEvent>
  /** A service that is silent, from and to. */
  readonly silences: ReadonlyArray<readonly [service: string, from: number, to: number]>
  /** Addresses with a bad name. */
  readonly badAddresses: ReadonlyArray<string>
}

const minute = 60_000
const hour = 60 * minute
const far = { latitude: 1.35, longitude: 103.82 }

/** Puts attacks together; each takes a victim that no other has. */
class Stage {
  readonly attacks: Array<Attack> = []
  readonly events: Array<PlannedEvent> = []
  readonly silences: Array<readonly [string, number, number]> = []
  readonly badAddresses: Array<string> = []
  readonly hospital: Hospital
  readonly midnight: number
  private readonly random: Random
  private readonly office: Array<Person>
  private outside = 0

  constructor(hospital: Hospital, midnight: number, random: Random) {
    this.hospital = hospital
    this.midnight = midnight
    this.random = random
    this.office = hospital.people.filter(({ job }) => job === "clerk")
  }

  /** Somebody from an office, once. */
  victim(): Person {
    const [person] = this.office.splice(wholeBelow(this.random, this.office.length), 1)
    if (person === undefined)
      throw new RangeError("a hospital of so few people has no more victims")
    return person
  }

  /** An address that nobody else has (RFC 5737). */
  address(): string {
    this.outside += 1
    return `203.0.113.${this.outside}`
  }

  /** A moment of the working day. */
  moment(): number {
    return this.midnight + 9.5 * hour + this.random() * 5 * hour
  }

  add(
    rule: string,
    subjects: ReadonlyArray<string>,
    events: ReadonlyArray<PlannedEvent>,
    isPatient = false,
  ): void {
    // As they are written: whole milliseconds.
    const times = events.map(({ atMillis }) => Math.floor(atMillis))
    const [fromMillis, toMillis] = [Math.min(...times), Math.max(...times)]
    this.attacks.push({ rule, subjects, fromMillis, toMillis, isPatient })
    for (const event of events) this.events.push(event)
  }
}

const every = <A>(
  amount: number,
  from: number,
  gap: number,
  make: (at: number, index: number) => A,
) => Array.from({ length: amount }, (_, index) => make(from + index * gap, index))

const onLogins = (stage: Stage): void => {
  for (const [amount, gap] of [
    [12, 4000],
    [25, 2000],
    [40, 6000],
    [15, 95_000],
  ] as const) {
    const victim = stage.victim()
    const address = stage.address()
    const tries = every(amount, stage.moment(), gap, (at) =>
      login(victim, at, "failure", { address }),
    )
    stage.add("failed-login-burst", [victim.id, address], tries, gap > minute)
  }
  for (const [amount, gap] of [
    [60, 3000],
    [90, 2000],
    [45, 30_000],
  ] as const) {
    const victims = [stage.victim(), stage.victim(), stage.victim()]
    const address = stage.address()
    const tries = every(amount, stage.moment(), gap, (at, index) =>
      login(victims[index % 3] ?? stage.victim(), at, "failure", { address }),
    )
    const subjects = [address, ...victims.map(({ id }) => id)]
    stage.add("refused-address", subjects, tries, gap > 20_000)
  }
  for (const [amount, gap] of [
    [20, 9000],
    [60, 4000],
    [15, 20_000],
    [30, 150_000],
  ] as const) {
    const address = stage.address()
    const first = wholeBelow(() => 0.37, stage.hospital.people.length - 100)
    const tries = every(amount, stage.moment(), gap, (at, index) => {
      const person = stage.hospital.people[first + index] ?? stage.victim()
      return login(person, at, "failure", { address })
    })
    stage.add("credential-stuffing", [address], tries, gap > minute)
  }
  for (const wait of [40 * minute, 3 * hour, 13 * hour]) {
    const victim = stage.victim()
    const at = stage.midnight + 7 * hour
    const there = login(victim, at + wait, "success", { address: stage.address(), geo: far })
    stage.add("impossible-travel", [victim.id], [login(victim, at), there], wait > 12 * hour)
  }
  for (let index = 0; index < 3; index += 1) {
    const [victim, address] = [stage.victim(), stage.address()]
    stage.badAddresses.push(address)
    stage.add(
      "bad-address",
      [address, victim.id],
      [login(victim, stage.moment(), "success", { address })],
    )
  }
}

const reads = (stage: Stage, victim: Person, amount: number, gap: number, targets: number) =>
  every(amount, stage.moment(), gap, (at, index) =>
    access(victim, at, "patient.record.read", [
      "Patient",
      `p-${(victim.ward * 40 + (index % targets)) % stage.hospital.patients}`,
    ]),
  )

const onRecords = (stage: Stage): void => {
  for (const [amount, gap] of [
    [200, 250],
    [300, 150],
    [180, 300],
    [200, 700],
  ] as const) {
    const victim = stage.victim()
    stage.add("velocity", [victim.id], reads(stage, victim, amount, gap, 10), gap > 500)
  }
  for (const [amount, gap] of [
    [240, 15_000],
    [200, 14_000],
    [60, 2 * minute],
  ] as const) {
    const victim = stage.victim()
    stage.add("unusual-rate", [victim.id], reads(stage, victim, amount, gap, 20), gap > minute)
  }
  for (const [amount, gap] of [
    [150, 8000],
    [300, 4000],
    [120, 30_000],
  ] as const) {
    const victim = stage.victim()
    stage.add("many-targets", [victim.id], reads(stage, victim, amount, gap, amount), gap > 20_000)
  }
  for (const [amount, records, gap] of [
    [3, 2500, minute],
    [1, 20_000, minute],
    [20, 300, minute],
    [6, 1000, 30 * minute],
  ] as const) {
    const victim = stage.victim()
    const exports = every(amount, stage.moment(), gap, (at) =>
      access(victim, at, "patient.list.export", ["Report", "all"], { records }),
    )
    stage.add("bulk-export", [victim.id], exports, gap > minute)
  }
  for (const [amount, gap] of [
    [12, 2 * minute],
    [8, minute],
    [20, 3 * minute],
    [3, 10 * minute],
  ] as const) {
    const victim = stage.victim()
    const at = stage.midnight + 1.5 * hour
    const looks = every(amount, at, gap, (time, index) =>
      access(victim, time, "patient.record.read", ["Patient", `p-${index}`]),
    )
    stage.add("off-hours", [victim.id], looks, amount < 5)
  }
  for (let index = 0; index < 3; index += 1) {
    const victim = stage.victim()
    stage.add(
      "first-seen-resource",
      [victim.id],
      [access(victim, stage.moment(), "payroll.file.read", ["Payroll", `f-${index}`])],
    )
  }
}

const onControl = (stage: Stage): void => {
  const doctors = stage.hospital.people.filter(({ job }) => job === "doctor")
  const admin = stage.hospital.people.find(({ job }) => job === "admin")
  for (let index = 0; index < 4; index += 1) {
    const doctor = doctors[index * 3]
    if (doctor === undefined) continue
    const event = access(doctor, stage.moment(), "access.break-glass.take", [
      "Patient",
      `p-${index}`,
    ])
    stage.add("break-glass", [doctor.id], [event])
  }
  for (const wait of [2 * minute, 5 * minute, 9 * minute, 40 * minute]) {
    const victim = stage.victim()
    if (admin === undefined) continue
    // After work, so that it is no ordinary reading that comes first.
    const at = stage.midnight + 18.5 * hour
    const grant = access(admin, at, "user.role.grant", ["User", victim.id])
    const read = access(victim, at + wait, "patient.record.read", ["Patient", "p-1"])
    stage.add("privilege-then-read", [victim.id], [grant, read], wait > 15 * minute)
  }
  const engine = { id: "countersign", type: "system" }
  const own = (type: string, outcome: string): PlannedEvent => ({
    atMillis: stage.moment(),
    type,
    actor: engine,
    members: { outcome, data: {} },
  })
  stage.add(
    "audit-changed",
    ["audit.configuration.changed"],
    [own("audit.configuration.changed", "success")],
  )
  stage.add("integrity-failed", ["audit.verified"], [own("audit.verified", "failure")])
  for (const [index, length] of [50 * minute, 90 * minute, 25 * minute].entries()) {
    const service = stage.hospital.services[index * 2]
    if (service === undefined) continue
    const from = Math.floor(stage.moment())
    stage.silences.push([service, from, from + length])
    stage.attacks.push({
      rule: "source-silent",
      subjects: [service],
      fromMillis: from,
      toMillis: from + length,
      isPatient: false,
    })
  }
}

/**
 * The attacks of one day.
 *
 * @category constructors
 * @since 0.1.0
 */
export const attacksOn = (hospital: Hospital, midnight: number, random: Random): Staged => {
  const stage = new Stage(hospital, midnight, random)
  onLogins(stage)
  onRecords(stage)
  onControl(stage)
  return stage
}
