/** Which theme is in force: what the user chose, or what the system prefers. */
import type { Host } from "../host/Host.ts"
import { type ReadonlyStore, makeStore } from "../connection/Store.ts"
import { type ThemeName, propertyOf, themeNames, themes } from "./Tokens.ts"

export type ThemeChoice = ThemeName | "system"

const key = "theme"
const forcedColours = "(forced-colors: active)"
const chosen = makeStore<ThemeChoice>("system")
const inForce = makeStore<ThemeName | "forced">("dark")

/** The colours that are shown, for what is drawn on a canvas; `forced`: those of the system. */
export const theme: ReadonlyStore<ThemeName | "forced"> = inForce
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

const isForced = (): boolean => matchMedia(forcedColours).matches

const apply = (name: ThemeName): void => {
  const { style } = document.documentElement
  for (const [token, value] of Object.entries(themes[name]))
    style.setProperty(propertyOf(token), value)
  style.colorScheme = name === "light" ? "light" : "dark"
  document.documentElement.dataset["theme"] = name
  inForce.set(isForced() ? "forced" : name)
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
    const follow = () => inForce.set(isForced() ? "forced" : editorTheme())
    new MutationObserver(follow).observe(document.body, { attributeFilter: ["class"] })
    matchMedia(forcedColours).addEventListener("change", follow)
    return follow()
  }
  const remembered = host.read(key)
  chooseTheme(host, isTheme(remembered) ? remembered : "system")
  for (const query of [
    "(prefers-contrast: more)",
    "(prefers-color-scheme: light)",
    forcedColours,
  ]) {
    matchMedia(query).addEventListener("change", () => {
      const choice = chosen.get()
      apply(choice === "system" ? preferred() : choice)
    })
  }
}

/** What the system has under a name, which a canvas may not know. */
const systemColour = (name: string): string => {
  const asked = document.createElement("span")
  asked.style.color = name
  document.body.append(asked)
  const { color } = getComputedStyle(asked)
  asked.remove()
  return color
}

/** The value of a token now, for a canvas. */
export const colour = (token: string): string => {
  const value = getComputedStyle(document.documentElement).getPropertyValue(propertyOf(token))
  return isForced() ? systemColour(value.trim()) : value.trim()
}
