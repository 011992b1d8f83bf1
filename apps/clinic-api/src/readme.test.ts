import { assert, describe, it } from "@effect/vitest"
import * as fs from "node:fs"
import * as path from "node:path"
import * as HttpApi from "effect/http-api/HttpApi"
import { ClinicApi } from "./api/ClinicApi.ts"

const directory = path.join(import.meta.dirname, "..")
const readme = fs.readFileSync(path.join(directory, "README.md"), "utf8")

const endpoints = new Set<string>()
HttpApi.reflect(ClinicApi, {
  onGroup: () => undefined,
  onEndpoint: ({ endpoint }) => void endpoints.add(`${endpoint.method} ${endpoint.path}`),
})

describe("the README of the clinic", () => {
  it("asks only for what the API has", () => {
    const asked = [...readme.matchAll(/^ask "\$\w+" (?:-X (\w+) |-G )?"\$API(\/[^"]*)"/gm)].map(
      ([, method = "GET", where = ""]) => `${method} /api${where.replace("$PATIENT", ":id")}`,
    )
    assert.lengthOf(asked, 6)
    for (const each of asked) assert.isTrue(endpoints.has(each), each)
  })

  it("names every variable, and no other", () => {
    const source = fs.readFileSync(path.join(directory, "src", "ClinicConfig.ts"), "utf8")
    const variables = (text: string) =>
      [...new Set([...text.matchAll(/CLINIC_[A-Z_]+/g)].map(([name]) => name))].sort()
    assert.deepStrictEqual(variables(readme), variables(source))
  })
})
