/** The requests of the reference workload: what the server accepts and the client sends. */
import { createHmac } from "node:crypto"

export const patients = 10_000
export const tokenKey = "a key that only this benchmark knows"

const base64url = (value: object): string =>
  Buffer.from(JSON.stringify(value)).toString("base64url")

/** A JSON Web Token with HMAC-SHA256 (RFC 7515). */
const tokenOf = (index: number): string => {
  const signed = `${base64url({ alg: "HS256", typ: "JWT" })}.${base64url({
    sub: `u-${1000 + index}`,
    roles: ["physician"],
    tenant: "north",
    exp: 4_102_444_800,
  })}`
  return `${signed}.${createHmac("sha256", tokenKey).update(signed).digest("base64url")}`
}

/** Complete requests of HTTP/1.1, made before anything is measured. */
export const prepareRequests = (count: number): ReadonlyArray<Buffer> => {
  const tokens = Array.from({ length: 64 }, (_, index) => tokenOf(index))
  return Array.from({ length: count }, (_, index) => {
    const body = JSON.stringify({
      patient: `p-${(index * 7919) % patients}`,
      purpose: "treatment",
      fields: ["name", "birthDate", "allergies", "medication"],
      visits: { from: "2026-01-01", limit: 5 },
    })
    return Buffer.from(
      [
        "POST /records/read HTTP/1.1",
        "Host: clinic.example",
        "Content-Type: application/json",
        `Content-Length: ${Buffer.byteLength(body)}`,
        "User-Agent: ClinicTablet/7.4 (ward; build 2210)",
        `Authorization: Bearer ${tokens[index % tokens.length]}`,
        "",
        body,
      ].join("\r\n"),
    )
  })
}
