/** Which theme is in force: what the user chose, or what the system prefers. */
import type { Host } from "../host/Host.ts"
import { type ReadonlyStore, makeStore } from "../connection/Store.ts"
import { type ThemeName, propertyOf, themeNames, themes } from "./Tokens.ts"

export type ThemeChoice = ThemeName | "system"

const key = "theme"
const chosen = makeStore<ThemeChoice>("system")
const inForce = makeStore<ThemeName>("dark")

/** The theme that is shown, for what is drawn on a canvas. */
export const theme: ReadonlyStore<ThemeName> = inForce
export const themeChoice: ReadonlyStore<ThemeChoice> = chosen

const isTheme = (name: string | undefined): name is ThemeName =>
  themeNames.some((known) => known === name)

const preferred = (): ThemeName => {
  if (matchMedia("(prefers-contrast: more)").matches) return "contrast"
  return matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark"
}

/** An editor names its kind of theme on the body of its webviews. */
const editorTheme = (): ThemeName => {
  const { classList } = document.body
  if (classList.contains("vscode-high-contrast")) return "contrast"
  return classList.contains("vscode-light") ? "light" : "dark"
}

const apply = (name: ThemeName): void => {
  const { style } = document.documentElement
  for (const [token, value] of Object.entries(themes[name]))
    style.setProperty(propertyOf(token), value)
  style.colorScheme = name === "light" ? "light" : "dark"
  document.documentElement.dataset["theme"] = name
  inForce.set(name)
}

export const chooseTheme = (host: Host, choice: ThemeChoice): void => {
  host.write(key, choice)
  chosen.set(choice)
  if (host.kind === "browser") apply(choice === "system" ? preferred() : choice)
}

export const startTheme = (host: Host): void => {
  document.documentElement.dataset["host"] = host.kind
  if (host.kind === "webview") {
    // The editor has set the properties, and sets them anew when its theme changes.
    const follow = () => inForce.set(editorTheme())
    new MutationObserver(follow).observe(document.body, { attributeFilter: ["class"] })
    return follow()
  }
  const remembered = host.read(key)
  chooseTheme(host, isTheme(remembered) ? remembered : "system")
  for (const query of ["(prefers-contrast: more)", "(prefers-color-scheme: light)"]) {
    matchMedia(query).addEventListener("change", () => {
      if (chosen.get() === "system") apply(preferred())
    })
  }
}

/** The value of a token now, for a canvas. */
export const colour = (token: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(propertyOf(token)).trim()
