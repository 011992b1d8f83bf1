import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { type Tokens, themeNames, themes } from "./Tokens.ts"

type Token = keyof Tokens
/** What stands on what. */
type Pair = readonly [front: Token, back: Token]

const surfaces: ReadonlyArray<Token> = [
  "editor-background",
  "sideBar-background",
  "panel-background",
  "editorWidget-background",
  "list-hoverBackground",
]

/** Words that stand on any surface. */
const words: ReadonlyArray<Token> = [
  "foreground",
  "descriptionForeground",
  "disabledForeground",
  "errorForeground",
  "editorWarning-foreground",
  "testing-iconPassed",
  "textLink-foreground",
  "editor-foreground",
  "sideBar-foreground",
]

const on = (fronts: ReadonlyArray<Token>, backs: ReadonlyArray<Token>): ReadonlyArray<Pair> =>
  fronts.flatMap((front) => backs.map((back): Pair => [front, back]))

const text: ReadonlyArray<Pair> = [
  ...on(words, surfaces),
  ["sideBar-foreground", "sideBarSectionHeader-background"],
  ["foreground", "sideBarSectionHeader-background"],
  ["editorLineNumber-foreground", "editor-background"],
  ["debugTokenExpression-string", "editor-background"],
  ["debugTokenExpression-string", "input-background"],
  ["editor-foreground", "editor-selectionBackground"],
  ["editor-foreground", "editor-findMatchHighlightBackground"],
  ["tab-activeForeground", "tab-activeBackground"],
  ["tab-inactiveForeground", "tab-inactiveBackground"],
  ["tab-inactiveForeground", "editorGroupHeader-tabsBackground"],
  ["activityBarBadge-foreground", "activityBarBadge-background"],
  ["statusBar-foreground", "statusBar-background"],
  ["statusBarItem-errorForeground", "statusBarItem-errorBackground"],
  ["statusBarItem-warningForeground", "statusBarItem-warningBackground"],
  ["list-activeSelectionForeground", "list-activeSelectionBackground"],
  ["list-hoverForeground", "list-hoverBackground"],
  ["input-foreground", "input-background"],
  ["input-placeholderForeground", "input-background"],
  ["button-foreground", "button-background"],
  ["button-secondaryForeground", "button-secondaryBackground"],
  ["badge-foreground", "badge-background"],
]

/** Icons, lines that say something, the edges of what can be operated, and the focus. */
const graphics: ReadonlyArray<Pair> = [
  ["activityBar-foreground", "activityBar-background"],
  ["activityBar-inactiveForeground", "activityBar-background"],
  ["input-border", "editor-background"],
  ["input-border", "sideBar-background"],
  ["editorWidget-border", "editor-background"],
  ...on(["focusBorder"], [...surfaces, "activityBar-background", "input-background"]),
  ...on(
    [
      "charts-blue",
      "charts-green",
      "charts-orange",
      "charts-purple",
      "charts-red",
      "charts-yellow",
    ],
    surfaces,
  ),
]

/** Decoration: a shadow, and lines between parts that stand apart without them. */
const decoration: ReadonlyArray<Token> = ["widget-shadow", "contrastBorder", "panel-border"]

const channel = (value: number): number => {
  const part = value / 255
  return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
}

/** WCAG 2.2, relative luminance. */
const luminance = (colour: string): number => {
  const [, red = "", green = "", blue = ""] =
    /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/.exec(colour) ?? []
  assert.notStrictEqual(red, "", `${colour} is not written as #rrggbb`)
  const [r, g, b] = [red, green, blue].map((hex) => channel(Number.parseInt(hex, 16)))
  return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0)
}

const contrastOf = (front: string, back: string): number => {
  const [low = 0, high = 0] = [luminance(front), luminance(back)].toSorted((a, b) => a - b)
  return (high + 0.05) / (low + 0.05)
}

const page = path.dirname(import.meta.dirname)
const sheets = fs
  .readdirSync(page, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.(?:css|tsx|ts)$/.test(name) && !name.endsWith(".test.ts"))
  .map((name) => ({ name, content: fs.readFileSync(path.join(page, name), "utf8") }))

/** The names that a file takes a colour by. */
const usedIn = (content: string): ReadonlyArray<string> =>
  [...content.matchAll(/--vscode-([A-Za-z]+(?:-[A-Za-z]+)*)/g)].map(([, name = ""]) => name)

/** An editor's fonts, which no theme of a browser has. */
const fonts = ["font-family", "editor-font-family", "font-size", "editor-font-size"]

describe("colours", () => {
  for (const name of themeNames) {
    const theme = themes[name]
    const tooFaint = (pairs: ReadonlyArray<Pair>, least: number) =>
      pairs
        .map(([front, back]) => [front, back, contrastOf(theme[front], theme[back])] as const)
        .filter(([, , contrast]) => contrast < least)
        .map(([front, back, contrast]) => `${front} on ${back}: ${contrast.toFixed(2)}`)

    it(`of words can be read in the theme ${name}`, () => {
      assert.deepStrictEqual(tooFaint(text, 4.5), [])
    })

    it(`of shapes can be seen in the theme ${name}`, () => {
      assert.deepStrictEqual(tooFaint(graphics, 3), [])
    })
  }

  it("are the system's where it forces them, each of them", () => {
    const sheet = sheets.find(({ name }) => name === path.join("theme", "Forced.css"))
    const forced = [...(sheet?.content ?? "").matchAll(/--vscode-([\w-]+): (\w+) !important;/g)]
    const system =
      /^(?:Canvas|Link|Gray|Highlight|Button|Field)?(?:Text|Face|Border)?$|^(?:Canvas|Mark|Field)$/
    assert.sameMembers(
      forced.map(([, name = ""]) => name),
      Object.keys(themes.dark),
    )
    assert.deepStrictEqual(
      forced.filter(([, , value = ""]) => !system.test(value)).map(([line]) => line),
      [],
    )
  })

  it("are known by the names that the style sheets use", () => {
    const known = new Set([...Object.keys(themes.dark), ...fonts])
    const unknown = sheets.flatMap(({ content, name }) =>
      usedIn(content)
        .filter((token) => !known.has(token))
        .map((token) => `${name}: --vscode-${token}`),
    )
    assert.deepStrictEqual(unknown, [])
  })

  it("are all in a pair that is checked", () => {
    const checked = new Set<string>([...text, ...graphics].flat().concat(decoration))
    assert.deepStrictEqual(
      Object.keys(themes.dark).filter((token) => !checked.has(token)),
      [],
    )
  })

  it("are told apart by the same sum as everybody's", () => {
    assert.closeTo(contrastOf("#ffffff", "#000000"), 21, 1e-9)
    assert.closeTo(contrastOf("#777777", "#ffffff"), 4.478, 1e-3)
  })
})
