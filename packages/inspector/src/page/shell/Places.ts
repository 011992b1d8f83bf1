/** What quick open makes of what is typed: an event by its number or id, an actor, a filter. */
import type { Place, Scene, View } from "./Contribution.ts"
import { fromLink } from "./Permalink.ts"

export type Wish =
  | { readonly _tag: "Sequence"; readonly sequence: string }
  | { readonly _tag: "Id"; readonly id: string }
  | { readonly _tag: "Actor"; readonly actor: string }
  | undefined

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const sequence = /^#?(\d{1,15})$/
const actorLengthMax = 256

export const wishOf = (typed: string): Wish => {
  const text = typed.trim()
  const number = sequence.exec(text)?.[1]
  if (number !== undefined) return { _tag: "Sequence", sequence: String(Number(number)) }
  if (uuid.test(text)) return { _tag: "Id", id: text.toLowerCase() }
  const actor = text.startsWith("@") ? text.slice(1).trim() : ""
  return actor === "" || actor.length > actorLengthMax ? undefined : { _tag: "Actor", actor }
}

/** As a filter takes any text. */
export const quoted = (text: string): string =>
  `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`

const openById = (id: string, { connection, workbench }: Scene): void => {
  connection
    .ask((client) => client.Event({ id }))
    .then(({ sequence: found }) => {
      workbench.open("event", { sequence: String(found) })
      workbench.focusActive()
    })
    .catch((error: unknown) =>
      workbench.notify(error instanceof Error ? error.message : String(error), "warning"),
    )
}

export const placesOf = (typed: string, views: ReadonlyMap<string, View>): ReadonlyArray<Place> => {
  const wish = wishOf(typed)
  if (wish?._tag === "Actor" && views.has("events")) {
    const filter = `actor.id=${quoted(wish.actor)}`
    return [
      {
        label: `Events of actor ${wish.actor}`,
        detail: filter,
        icon: "person",
        open: ({ workbench }) => workbench.open("events", { filter }),
      },
    ]
  }
  if (!views.has("event")) return []
  if (wish?._tag === "Sequence") {
    return [
      {
        label: `Event ${wish.sequence}`,
        detail: "by its number",
        icon: "go-to-file",
        open: ({ workbench }) => workbench.open("event", { sequence: wish.sequence }),
      },
    ]
  }
  if (wish?._tag !== "Id") return []
  return [
    {
      label: `Event ${wish.id}`,
      detail: "by its id",
      icon: "go-to-file",
      open: (scene) => openById(wish.id, scene),
    },
  ]
}

/** Tabs that were shown before, as far as their views exist. */
export const recentPlaces = (
  links: ReadonlyArray<string>,
  views: ReadonlyMap<string, View>,
): ReadonlyArray<Place> =>
  links.flatMap((text) => {
    const link = fromLink(text)
    const view = link === undefined ? undefined : views.get(link.kind)
    if (link === undefined || view === undefined) return []
    const label = view.title(link.parameters)
    const shown = Object.values(link.parameters).filter((value) => !label.includes(value))
    return [
      {
        label,
        detail: ["recent", ...shown].join(" · "),
        icon: view.icon,
        open: ({ workbench }) => workbench.openLink(text),
      },
    ]
  })
