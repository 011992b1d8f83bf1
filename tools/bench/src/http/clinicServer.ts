/**
 * The reference workload: a small server of a clinic, on `node:http` alone.
 *
 * A request does what such a server does for itself, without a database to wait for: it reads
 * and parses a JSON body of about 130 bytes, checks the caller's token (HMAC-SHA256, as every
 * audited action needs to know who acts), looks the patient up among 10,000 in a Map, picks the
 * fields that were asked for and the newest visits, records who read what, and renders a JSON
 * answer of about 1 KB. Waiting for a database would make auditing look cheaper than it is.
 */
import { createHmac, timingSafeEqual } from "node:crypto"
import * as http from "node:http"
import type { OpenEngine } from "../engine.ts"
import { patients, tokenKey } from "./clinicRequests.ts"

interface Visit {
  readonly date: string
  readonly ward: string
  readonly physician: string
  readonly note: string
}

interface Patient {
  readonly name: string
  readonly birthDate: string
  readonly allergies: ReadonlyArray<string>
  readonly medication: ReadonlyArray<{ readonly name: string; readonly dosage: string }>
  readonly visits: ReadonlyArray<Visit>
}

interface Claims {
  readonly sub: string
  readonly roles: ReadonlyArray<string>
  readonly tenant: string
  readonly exp: number
}

interface Question {
  readonly patient: string
  readonly purpose: string
  readonly fields: ReadonlyArray<keyof Patient>
  readonly visits: { readonly from: string; readonly limit: number }
}

const patientAt = (index: number): Patient => ({
  name: `Patient ${index}`,
  birthDate: `19${10 + (index % 89)}-0${1 + (index % 9)}-1${index % 10}`,
  allergies: index % 5 === 0 ? ["penicillin", "latex"] : [],
  medication: [
    { name: "metformin", dosage: `${500 + (index % 4) * 250} mg twice a day` },
    { name: "ramipril", dosage: "5 mg in the morning" },
  ],
  visits: Array.from({ length: 8 }, (_, visit) => ({
    date: `2026-0${8 - visit}-1${index % 10}`,
    ward: `ward ${index % 12}`,
    physician: `u-${1000 + ((index + visit) % 64)}`,
    note: "Seen on the ward round; pressure and pulse as before, therapy goes on unchanged.",
  })),
})

/** The claims of a valid token; `undefined` for any other. */
const claimsOf = (authorization: string | undefined): Claims | undefined => {
  const token = authorization?.slice("Bearer ".length) ?? ""
  const dot = token.lastIndexOf(".")
  const signed = token.slice(0, dot)
  const expected = createHmac("sha256", tokenKey).update(signed).digest()
  const given = Buffer.from(token.slice(dot + 1), "base64url")
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
  const payload = Buffer.from(signed.slice(signed.indexOf(".") + 1), "base64url")
  // The signature says that this server's own issuer wrote it.
  const claims = JSON.parse(payload.toString("utf8")) as Claims
  return claims.exp * 1000 > Date.now() ? claims : undefined
}

/** A server whose `recordUnsafe` is asked for anew with every request, so it can be switched. */
export const clinicServer = (door: () => OpenEngine["recordUnsafe"]): http.Server => {
  const records = new Map(
    Array.from({ length: patients }, (_, index) => [`p-${index}`, patientAt(index)]),
  )

  const answer = (request: http.IncomingMessage, text: string): readonly [number, string] => {
    const claims = claimsOf(request.headers.authorization)
    if (claims === undefined) return [401, '{"error":"who are you?"}']
    // The benchmark's own client wrote the body.
    const question = JSON.parse(text) as Question
    const patient = records.get(question.patient)
    const verdict = door()({
      type: "patient.record.read",
      actor: { id: claims.sub, type: "user", roles: claims.roles },
      outcome: patient === undefined ? "failure" : "success",
      classification: "PHI",
      target: [{ id: question.patient, type: "Patient", fields: question.fields }],
      purpose: question.purpose,
      tenant: claims.tenant,
      source: {
        ip: request.socket.remoteAddress ?? "unknown",
        userAgent: request.headers["user-agent"] ?? "unknown",
      },
      data: { from: question.visits.from, limit: question.visits.limit },
    })
    // What can't be audited is not shown.
    if (verdict._tag === "Refused") return [503, '{"error":"the audit trail has no room"}']
    if (patient === undefined) return [404, '{"error":"no such patient"}']
    const chosen = Object.fromEntries(question.fields.map((field) => [field, patient[field]]))
    const visits = patient.visits
      .filter(({ date }) => date >= question.visits.from)
      .slice(0, question.visits.limit)
    return [200, JSON.stringify({ id: question.patient, ...chosen, visits })]
  }

  const server = http.createServer((request, response) => {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const [status, text] = answer(request, Buffer.concat(chunks).toString("utf8"))
      response.writeHead(status, {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(text),
      })
      response.end(text)
    })
  })
  // Connections rest between two rounds.
  server.keepAliveTimeout = 0
  return server
}
