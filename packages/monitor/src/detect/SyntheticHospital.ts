/**
 * Days of a hospital that never was: who works when, from where, and on what, with the slips and
 * exceptions of ordinary work. All of it follows from a seed.
 *
 * Nobody in it means any harm: `SyntheticAttacks` puts that on top.
 *
 * @since 0.1.0
 */
import { type Random, randomOf, wholeBelow } from "@countersign/core/testing/SeededRandom"

/**
 * An event without id, as `actor` makes it at a moment.
 *
 * @category models
 * @since 0.1.0
 */
export interface PlannedEvent {
  /** Units: milliseconds since 1970. */
  readonly atMillis: number
  readonly type: string
  readonly actor: Readonly<Record<string, unknown>>
  readonly members: Readonly<Record<string, unknown>>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Person {
  readonly id: string
  readonly job: "nurse" | "doctor" | "clerk" | "billing" | "admin"
  readonly roles: ReadonlyArray<string>
  readonly address: string
  readonly ward: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Hospital {
  readonly people: ReadonlyArray<Person>
  readonly services: ReadonlyArray<string>
  readonly patients: number
}

const minute = 60_000
const hour = 60 * minute

/**
 * Units: milliseconds.
 *
 * @category constants
 * @since 0.1.0
 */
export const dayMillis = 24 * hour

/**
 * Where the hospital is.
 *
 * @category constants
 * @since 0.1.0
 */
export const site = { latitude: 52.52, longitude: 13.4 }

const peopleOfWard = 25
const serviceCount = 12

/**
 * @param staff how many people, at least 100
 * @category constructors
 * @since 0.1.0
 */
export const hospitalOf = (staff: number): Hospital => ({
  people: Array.from({ length: staff }, (_, index) => personOf(index)),
  services: Array.from({ length: serviceCount }, (_, index) => `interface-${index + 1}`),
  patients: staff * 10,
})

const personOf = (index: number): Person => {
  const share = index % 20
  const job =
    share < 9
      ? "nurse"
      : share < 13
        ? "doctor"
        : share < 18
          ? "clerk"
          : share < 19
            ? "billing"
            : "admin"
  const ward = Math.floor(index / peopleOfWard)
  const hasShifts = job === "nurse" || job === "doctor"
  // A ward shares its terminals' address; one in ten works from an address of his own.
  const address =
    index % 10 === 7
      ? `10.200.${Math.floor(index / 250)}.${index % 250}`
      : `10.1.${Math.floor(ward / 250)}.${ward % 250}`
  return {
    id: `${job}-${index}`,
    job,
    roles: hasShifts ? [job, "shift"] : [job],
    address,
    ward,
  }
}

/**
 * Somebody as an event's actor.
 *
 * @category constructors
 * @since 0.1.0
 */
export const actorOf = ({ id, roles }: Person) => ({ id, type: "user", roles })

/**
 * A login, from where the person is.
 *
 * @category constructors
 * @since 0.1.0
 */
export const login = (
  person: Person,
  atMillis: number,
  outcome: "success" | "failure" = "success",
  { address = person.address, geo = site } = {},
): PlannedEvent => ({
  atMillis,
  type: "session.login",
  actor: actorOf(person),
  members: {
    outcome,
    source: { ip: address },
    ...(outcome === "success" ? { data: { geo } } : {}),
  },
})

/**
 * Something done with a resource.
 *
 * @category constructors
 * @since 0.1.0
 */
export const access = (
  person: Person,
  atMillis: number,
  type: string,
  target: readonly [type: string, id: string],
  data: Readonly<Record<string, unknown>> = {},
): PlannedEvent => ({
  atMillis,
  type,
  actor: actorOf(person),
  members: {
    outcome: "success",
    classification: target[0] === "Patient" || target[0] === "LabResult" ? "PHI" : "INTERNAL",
    source: { ip: person.address },
    target: [{ type: target[0], id: target[1] }],
    data,
  },
})

/** When somebody works on a day, or not at all. Units: milliseconds after midnight. */
const dutyOf = (
  { job }: Person,
  weekday: number,
  random: Random,
): readonly [number, number] | undefined => {
  if (job === "nurse" || job === "doctor") {
    const shift = wholeBelow(random, 5)
    if (shift > 2) return undefined
    const from = (6 + shift * 8) * hour + (random() - 0.5) * 20 * minute
    return [from, from + 8.2 * hour]
  }
  if (weekday === 0 || weekday === 6) return undefined
  const from = 7 * hour + random() * 2 * hour
  const overtime = random() < 0.05 ? 3 * hour * random() : 0
  return [from, Math.min(from + 8.5 * hour + overtime, 20.8 * hour)]
}

const patientOf = ({ patients }: Hospital, person: Person, random: Random): string => {
  // Most work is with the ward's own patients.
  const own = person.ward * 40 + wholeBelow(random, 30)
  return `p-${random() < 0.9 ? own % patients : wholeBelow(random, patients)}`
}

const taskOf = (
  hospital: Hospital,
  person: Person,
  atMillis: number,
  random: Random,
): PlannedEvent => {
  const patient = ["Patient", patientOf(hospital, person, random)] as const
  const chance = random()
  if (person.job === "billing" || (person.job === "clerk" && chance < 0.4)) {
    return access(
      person,
      atMillis,
      chance < 0.7 ? "billing.invoice.read" : "billing.invoice.write",
      ["Invoice", `i-${wholeBelow(random, 50_000)}`],
    )
  }
  if (person.job === "clerk" && chance < 0.43) {
    const records = 1 + wholeBelow(random, 400)
    return access(person, atMillis, "report.list.export", ["Report", "daily"], { records })
  }
  if (person.job === "admin" && chance < 0.5) {
    return access(person, atMillis, "system.setting.read", [
      "Setting",
      `s-${wholeBelow(random, 90)}`,
    ])
  }
  if (chance < 0.7) return access(person, atMillis, "patient.record.read", patient)
  if (chance < 0.85) return access(person, atMillis, "patient.record.write", patient)
  // Once in a while somebody looks at what is not his daily work.
  return chance < 0.9995 || person.job === "admin"
    ? access(person, atMillis, "lab.result.read", ["LabResult", `l-${patient[1]}`])
    : access(person, atMillis, "roster.plan.read", ["Roster", `w-${person.ward}`])
}

const loginsOf = (person: Person, from: number, random: Random): ReadonlyArray<PlannedEvent> => {
  const chance = random()
  // A typing slip now and then; rarely a forgotten password, and a call to the help desk.
  const slips =
    chance < 0.003 ? 4 + wholeBelow(random, 5) : chance < 0.05 ? 1 + wholeBelow(random, 3) : 0
  const failed = Array.from({ length: slips }, (_, index) =>
    login(person, from + index * (8000 + random() * 20_000), "failure"),
  )
  return [...failed, login(person, from + slips * 30_000)]
}

const workOf = (
  hospital: Hospital,
  person: Person,
  midnight: number,
  random: Random,
): ReadonlyArray<PlannedEvent> => {
  const duty = dutyOf(person, new Date(midnight).getUTCDay(), random)
  if (duty === undefined) return []
  const [from, to] = duty
  const events = [...loginsOf(person, midnight + from, random)]
  const amount = 30 + wholeBelow(random, 50)
  for (let index = 0; index < amount; index += 1) {
    const at = midnight + from + 5 * minute + random() * (to - from - 5 * minute)
    events.push(taskOf(hospital, person, at, random))
  }
  // A round through the ward and its neighbours, quickly.
  if (person.job === "doctor" && random() < 0.15) {
    const at = midnight + from + hour + random() * 5 * hour
    for (let index = 0; index < 30 + wholeBelow(random, 50); index += 1) {
      const patient = `p-${(person.ward * 40 + index) % hospital.patients}`
      events.push(access(person, at + index * 20_000, "patient.record.read", ["Patient", patient]))
    }
  }
  if (person.job === "billing" && random() < 0.1) {
    const at = midnight + from + 2 * hour
    for (let index = 0; index < 3; index += 1) {
      const records = 500 + wholeBelow(random, 1700)
      events.push(
        access(person, at + index * 10 * minute, "billing.run.export", ["Report", "month"], {
          records,
        }),
      )
    }
  }
  return events
}

const exceptionsOf = (
  { people }: Hospital,
  midnight: number,
  random: Random,
): ReadonlyArray<PlannedEvent> => {
  const admins = people.filter(({ job }) => job === "admin")
  const events: Array<PlannedEvent> = []
  const pick = <A>(from: ReadonlyArray<A>): A | undefined => from[wholeBelow(random, from.length)]
  // People get rights for new duties, and some begin with them at once.
  for (let index = 0; index < people.length / 500; index += 1) {
    const [admin, person] = [pick(admins), pick(people)]
    if (admin === undefined || person === undefined) continue
    const at = midnight + 9 * hour + random() * 6 * hour
    events.push(access(admin, at, "user.role.grant", ["User", person.id]))
  }
  // Somebody in an office works at night, on a few things.
  for (let index = 0; index < people.length / 400; index += 1) {
    const person = pick(people.filter(({ job }) => job === "clerk"))
    if (person === undefined) continue
    const at = midnight + 21.5 * hour + random() * hour
    for (let step = 0; step < 1 + wholeBelow(random, 6); step += 1) {
      const patient = `p-${person.ward * 40 + step}`
      events.push(
        access(person, at + step * 4 * minute, "patient.record.read", ["Patient", patient]),
      )
    }
  }
  return events
}

const serviceEvents = function* (
  service: string,
  midnight: number,
  random: Random,
): Iterable<PlannedEvent> {
  const actor = { id: service, type: "service" }
  for (let at = midnight; at < midnight + dayMillis; at += 15_000 + random() * 30_000) {
    yield {
      atMillis: at,
      type: "interface.message.receive",
      actor,
      members: { outcome: "success", target: [{ type: "Message", id: "hl7" }] },
    }
  }
}

/**
 * One day's ordinary work, in no order.
 *
 * @param midnight the day's beginning in UTC; work of the night reaches into the next day
 * @category constructors
 * @since 0.1.0
 */
export const ordinaryDay = (
  hospital: Hospital,
  midnight: number,
  seed: number,
): ReadonlyArray<PlannedEvent> => {
  const random = randomOf(seed)
  const events: Array<PlannedEvent> = [...exceptionsOf(hospital, midnight, random)]
  for (const person of hospital.people) {
    for (const event of workOf(hospital, person, midnight, random)) events.push(event)
  }
  for (const service of hospital.services) {
    for (const event of serviceEvents(service, midnight, random)) events.push(event)
  }
  return events
}
