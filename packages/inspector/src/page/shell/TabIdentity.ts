/** Which tab is which: a view and those of its parameters that make one tab differ from another. */
import type { Parameters, View } from "./Contribution.ts"
import { type Link, toLink } from "./Permalink.ts"

export const identityOf = (view: View, parameters: Parameters): string =>
  toLink({
    kind: view.kind,
    parameters: Object.fromEntries(view.identity.map((name) => [name, parameters[name] ?? ""])),
  })

/** What dockview keeps for a tab, as far as it is one of ours. */
export const linkOf = (params: unknown): Link | undefined => {
  if (typeof params !== "object" || params === null) return undefined
  // Its members are looked at one by one, as what anybody may have written.
  const { kind, parameters } = params as { readonly kind?: unknown; readonly parameters?: unknown }
  if (typeof kind !== "string" || typeof parameters !== "object" || parameters === null) {
    return undefined
  }
  const given: ReadonlyArray<readonly [string, unknown]> = Object.entries(parameters)
  return {
    kind,
    parameters: Object.fromEntries(
      given.flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])),
    ),
  }
}

interface OpenTab {
  readonly id: string
  readonly params?: object | undefined
}

/**
 * The tab that shows this already: what a tab shows may have changed since it was opened, so its
 * name says nothing.
 *
 * @param tabs those that come first are preferred
 */
export const tabOf = <A extends OpenTab>(
  tabs: ReadonlyArray<A>,
  view: View,
  parameters: Parameters,
): A | undefined => {
  const wanted = identityOf(view, parameters)
  return tabs.find(({ params }) => {
    const link = linkOf(params)
    return link?.kind === view.kind && identityOf(view, link.parameters) === wanted
  })
}

/** A name that no tab has. */
export const freeId = (tabs: ReadonlyArray<OpenTab>, wanted: string): string => {
  const taken = new Set(tabs.map(({ id }) => id))
  let id = wanted
  for (let count = 2; taken.has(id); count += 1) id = `${wanted}#${count}`
  return id
}
