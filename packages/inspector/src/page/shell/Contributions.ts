/** Every room of the page, in the order of the activity bar. */
import { alerts } from "../alerts/AlertsContribution.ts"
import { configuration } from "../configuration/ConfigurationContribution.ts"
import { copybook } from "../copybook/CopybookContribution.ts"
import { engine } from "../engine/EngineContribution.ts"
import { event } from "../event/EventContribution.ts"
import { events } from "../events/EventsContribution.ts"
import { letters } from "../letters/LettersContribution.ts"
import { verify } from "../verify/VerifyContribution.ts"
import type { Activity, Command, Contribution, View } from "./Contribution.ts"
import { shell } from "./ShellContribution.ts"

const contributions: ReadonlyArray<Contribution> = [
  shell,
  engine,
  events,
  event,
  verify,
  copybook,
  letters,
  alerts,
  configuration,
]

export const views: ReadonlyMap<string, View> = new Map(
  contributions.flatMap(({ views = [] }) => views).map((view) => [view.kind, view]),
)
export const activities: ReadonlyArray<Activity> = contributions.flatMap(
  ({ activities = [] }) => activities,
)
export const commands: ReadonlyArray<Command> = contributions.flatMap(
  ({ commands = [] }) => commands,
)
export const panels = contributions.flatMap(({ panels = [] }) => panels)
export const statusLeft = contributions.flatMap(({ statusLeft = [] }) => statusLeft)
export const statusRight = contributions.flatMap(({ statusRight = [] }) => statusRight)
export const placeFinders = contributions.flatMap(({ places }) =>
  places === undefined ? [] : [places],
)
