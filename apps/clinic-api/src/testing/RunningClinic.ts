/**
 * A clinic on a free port within the test's process, and people who ask it over the network.
 */
import type { Audit } from "@countersign/core/Audit"
import type { AuditConfig } from "@countersign/core/config/AuditConfig"
import { Disk } from "@countersign/core/platform/Disk"
import { type AuditFixture, nodeDisk } from "@countersign/core/testing/AuditFixture"
import type { Sink } from "@countersign/core/engine/Sink"
import { AuditQuery } from "@countersign/sinks/query/AuditQuery"
import * as Effect from "effect/Effect"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import { issue, TokenBook } from "../api/TokenBook.ts"
import { TrailExport } from "../audit/TrailExport.ts"
import * as ClinicServer from "../ClinicServer.ts"
import type { Principal } from "../domain/Principal.ts"
import type { ClinicStore } from "../store/ClinicStore.ts"
import * as MemoryStore from "./MemoryStore.ts"

export const people = {
  doctor: { id: "dr-imhotep", roles: ["clinician"] },
  other: { id: "dr-agnodice", roles: ["clinician"] },
  reception: { id: "reception-1", roles: ["reception"] },
  auditor: { id: "auditor-1", roles: ["auditor"] },
} as const satisfies Readonly<Record<string, Principal>>

export type Person = keyof typeof people

export interface Answer {
  readonly status: number
  readonly text: string
  /** The body where it is a JSON object, or nothing in it. */
  readonly body: Readonly<Record<string, unknown>>
}

export interface Clinic {
  readonly url: string
  readonly tokens: Readonly<Record<Person, string>>
  /** One request and its answer. */
  readonly ask: (
    who: Person | undefined,
    method: string,
    path: string,
    body?: unknown,
  ) => Effect.Effect<Answer>
}

export interface ClinicOptions {
  readonly disk?: Disk["Service"]
  readonly store?: Layer.Layer<ClinicStore, unknown>
  readonly requestsPerMinute?: number
  readonly sinks?: ReadonlyArray<Sink>
  readonly config?: Partial<AuditConfig>
  /** Where accesses are asked for; without it nobody may. */
  readonly queries?: Layer.Layer<AuditQuery, unknown, Audit>
}

const bodyOf = (text: string): Answer["body"] => {
  try {
    const parsed: unknown = JSON.parse(text)
    // An object as the API documents it; its members are looked at one by one.
    return typeof parsed === "object" && parsed !== null ? (parsed as Answer["body"]) : {}
  } catch {
    return {}
  }
}

/** One request as any client makes it, with a token or without. */
export const request = async (
  url: string,
  method: string,
  token: string | undefined,
  body?: unknown,
): Promise<Answer> => {
  const response = await fetch(url, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, text, body: bodyOf(text) }
}

/** A client of a clinic, wherever it runs. */
const clientOf = (url: string, tokens: Clinic["tokens"]): Clinic => ({
  url,
  tokens,
  ask: (who, method, path, body) =>
    Effect.promise(() =>
      request(`${url}${path}`, method, who === undefined ? undefined : tokens[who], body),
    ),
})

const issued = Object.entries(people).map(([name, principal]) => {
  const { entry, token } = issue(principal)
  return { name, entry, token }
})

// Every person has one.
const issuedTokens = Object.fromEntries(
  issued.map(({ name, token }) => [name, token]),
) as Clinic["tokens"]

/** There is no PostgreSQL behind these tests to be asked. */
const noQueries = Layer.mock(AuditQuery, {
  within: () => {
    throw new Error("nobody asks within a tenant")
  },
})

/** Runs with a clinic whose trail is the fixture's; both end in order afterwards. */
export const withClinic = <A, E>(
  fixture: AuditFixture,
  use: (clinic: Clinic) => Effect.Effect<A, E>,
  {
    config = {},
    disk = nodeDisk,
    queries = noQueries,
    requestsPerMinute = 10_000,
    sinks,
    store,
  }: ClinicOptions = {},
) =>
  fixture.withAudit(
    Effect.flatMap(HttpServer.HttpServer, ({ address }) =>
      use(clientOf(HttpServer.formatAddress(address), issuedTokens)),
    ).pipe(
      Effect.provide(
        ClinicServer.layer({
          host: "127.0.0.1",
          port: 0,
          tokens: new TokenBook(issued.map(({ entry }) => entry)),
          requestsPerMinute,
        }).pipe(
          Layer.provide(store ?? MemoryStore.layer),
          Layer.provide(TrailExport.layer(fixture.directory)),
          Layer.provide(queries),
          Layer.provide(Layer.succeed(Disk, disk)),
        ),
      ),
    ),
    config,
    { disk, ...(sinks === undefined ? {} : { sinks }) },
  )

/** A patient with a canary in every personal field: texts that are nowhere else. */
export const canaryPatient = {
  name: "Canary-Name-7c1e",
  birthDate: "1903-07-19",
  socialSecurity: "Canary-Social-55e2-#5~8",
  phone: "Canary-Phone-90ab",
  email: "canary-mail-13f7@example.org",
  address: "Canary-Street-61d0",
  allergies: ["Canary-Allergy-2b8c", "Canary-Allergy-3d9f"],
  history: "Canary-History-8e4a",
}

/** Registers it, and gives the path of its record. */
export const registered = ({ ask }: Clinic): Effect.Effect<string> =>
  Effect.flatMap(ask("doctor", "POST", "/api/patients", canaryPatient), ({ body, status, text }) =>
    status === 201
      ? Effect.succeed(`/api/patients/${String(body["id"])}`)
      : Effect.die(new Error(`${status}: ${text}`)),
  )

export const canaryAppointment = {
  startsAt: "2026-12-01T09:00:00Z",
  minutes: 30,
  complaint: "Canary-Complaint-0f33",
}

export const canaryBreakGlass = {
  reason: "emergency",
  justification: "Canary-Justification-aa17",
} as const

/**
 * Every personal text that is sent: `canary` is in each of them; the birth date is added, and the
 * last four characters of the number, which a mask would leave. No base64 has those.
 */
export const canaries = /canary|1903-07-19|#5~8/i
