/** A new module with its test, in the house form, ready to be filled in. */

/** What to make: `core/engine/Foo` as data, or as a service with its layer. */
export interface ModuleRequest {
  /** Folder under `packages`. */
  readonly owner: string
  /** Folder under `src`; empty for `src` itself. */
  readonly room: string
  readonly name: string
  readonly kind: "data" | "service"
}

/**
 * Reads `core/engine/Foo`, with `service` behind it for a service.
 * A string says what is wrong with it.
 */
export const parseRequest = (words: ReadonlyArray<string>): ModuleRequest | string => {
  const [place, kind = "data", ...rest] = words
  if (place === undefined || rest.length > 0) {
    return "usage: npm run new -- core/engine/Foo [service]"
  }
  if (kind !== "data" && kind !== "service") {
    return `"${kind}" is no kind of module: data or service`
  }
  const parts = place.split("/")
  const [owner, ...rooms] = parts.slice(0, -1)
  const name = parts.at(-1) ?? ""
  if (owner === undefined || [owner, ...rooms].some((part) => !/^[a-z][a-z0-9-]*$/.test(part))) {
    return `"${place}" must name a package and a module, such as core/engine/Foo`
  }
  if (!/^[A-Z][A-Za-z0-9]*$/.test(name)) {
    return `"${name}" must be a noun in PascalCase`
  }
  return { owner, room: rooms.join("/"), name, kind }
}

const docstring = (lines: ReadonlyArray<string>): string =>
  ["/**", ...lines.map((line) => (line === "" ? " *" : ` * ${line}`)), " */"].join("\n")

const header = docstring([
  "What this module is for, and what about it can never change.",
  "",
  "@since 0.1.0",
])

const documented = (sentence: string, category: string): string =>
  docstring([sentence, "", `@category ${category}`, "@since 0.1.0"])

const dataModule = (name: string): string => `${header}

${documented("One sentence: what it is, with units and bounds.", "models")}
export interface ${name} {
  readonly name: string
}

${documented("One sentence: what it makes, and what it refuses.", "constructors")}
export const make = (name: string): ${name} => ({ name })
`

const dataTest = (name: string): string => `import { assert, describe, it } from "@effect/vitest"
import * as ${name} from "./${name}.ts"

describe("${name}", () => {
  it("keeps the name it was made with", () => {
    assert.strictEqual(${name}.make("first").name, "first")
  })
})
`

const serviceModule = (name: string, key: string): string => `${header}
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

${documented("One sentence: what it does for its callers.", "services")}
export class ${name} extends Context.Service<
  ${name},
  {
    /** One line for each member: what it does, and how it fails. */
    readonly name: Effect.Effect<string>
  }
>()("${key}") {}

${documented("One sentence: what it holds, and what happens when its scope closes.", "layers")}
export const layer = (name: string): Layer.Layer<${name}> =>
  Layer.succeed(${name}, { name: Effect.succeed(name) })
`

const serviceTest = (name: string): string => `import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { ${name}, layer } from "./${name}.ts"

describe("${name}", () => {
  it.effect("says the name it was made with", () =>
    Effect.gen(function* () {
      const service = yield* ${name}
      assert.strictEqual(yield* service.name, "first")
    }).pipe(Effect.provide(layer("first"))),
  )
})
`

/** The files of the module: path from the root → text. */
export const moduleFiles = (
  request: ModuleRequest,
  packageName: string,
): Readonly<Record<string, string>> => {
  const { kind, name, owner, room } = request
  const folder = room === "" ? "" : `${room}/`
  const place = `packages/${owner}/src/${folder}${name}`
  return kind === "data"
    ? { [`${place}.ts`]: dataModule(name), [`${place}.test.ts`]: dataTest(name) }
    : {
        [`${place}.ts`]: serviceModule(name, `${packageName}/${folder}${name}`),
        [`${place}.test.ts`]: serviceTest(name),
      }
}
