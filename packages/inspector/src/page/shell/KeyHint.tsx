/** The keys of a command, as they are where the page runs: an editor keeps some for itself. */
import type { Scene } from "./Contribution.ts"
import { allCommands, keysHere } from "./KeyBindings.ts"
import { waysInWords } from "./Keys.ts"

export const KeyHint = ({
  command,
  scene,
}: {
  readonly command: string
  readonly scene: Scene
}) => {
  const found = allCommands().find(({ id }) => id === command)
  const [way] = waysInWords((found === undefined ? undefined : keysHere(found, scene)) ?? "")
  return way === undefined ? null : <kbd>{way}</kbd>
}
