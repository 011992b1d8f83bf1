import { existsSync, readFileSync } from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { makeFakeEditor } from "../testing/FakeEditor.ts"
import { start } from "../Activation.ts"
import { configurationSchema, packagedManifest } from "./manifest.ts"

const app = path.join(import.meta.dirname, "../..")
const text = readFileSync(path.join(app, "package.json"), "utf8")

interface Contributes {
  readonly commands: ReadonlyArray<{ readonly command: string; readonly title: string }>
  readonly menus: Readonly<Record<string, ReadonlyArray<{ readonly command: string }>>>
  readonly views: { readonly countersign: ReadonlyArray<{ readonly id: string }> }
  readonly viewsContainers: { readonly activitybar: ReadonlyArray<{ readonly icon: string }> }
  readonly viewsWelcome: ReadonlyArray<{ readonly contents: string; readonly view: string }>
}

// The manifest of this folder, which the tests below read.
const contributes = packagedManifest(text)["contributes"] as Contributes
const declared = contributes.commands.map(({ command }) => command).toSorted()

describe("the manifest", () => {
  it("declares the commands that the extension has, and no other", async () => {
    const { context, editor } = makeFakeEditor({ folder: app })
    const registered: Array<string> = []
    const { registerCommand } = editor.commands
    const commands = {
      ...editor.commands,
      registerCommand: (...given: Parameters<typeof registerCommand>) => {
        registered.push(given[0])
        return registerCommand(...given)
      },
    }
    const active = await start({ editor: { ...editor, commands }, context })
    await active.end()
    assert.deepStrictEqual(registered.toSorted(), declared)
  })

  it("puts only commands and views into its menus that there are", () => {
    const shown = Object.values(contributes.menus).flat()
    const linked = contributes.viewsWelcome.flatMap(({ contents }) =>
      Array.from(contents.matchAll(/command:([\w.]+)/g), ([, command = ""]) => ({ command })),
    )
    for (const { command } of [...shown, ...linked]) assert.include(declared, command)
    const views = contributes.views.countersign.map(({ id }) => id)
    for (const { view } of contributes.viewsWelcome) assert.include(views, view)
    for (const { icon } of contributes.viewsContainers.activitybar)
      assert.isTrue(existsSync(path.join(app, icon)))
  })

  it("is packaged without what only the workspace needs", () => {
    const packaged = packagedManifest(text)
    for (const name of ["dependencies", "devDependencies", "private", "type", "nx"])
      assert.notProperty(packaged, name)
    assert.deepInclude(packaged, { main: "./dist/extension/Extension.cjs" })
    const capabilities = packaged["capabilities"]
    assert.nestedPropertyVal(capabilities, "untrustedWorkspaces.supported", "limited")
  })

  it("has no setting, so none can hold a secret", () => {
    assert.notProperty(contributes, "configuration")
  })
})

describe("the schema of the configuration", () => {
  it("knows the fields, asks for none, and refuses unknown ones", () => {
    const schema = configurationSchema()
    assert.nestedPropertyVal(schema, "properties.sampling.properties.rate.maximum", 1)
    assert.nestedPropertyVal(schema, "properties.sampling.additionalProperties", false)
    assert.notMatch(JSON.stringify(schema), /"required"/)
  })
})
