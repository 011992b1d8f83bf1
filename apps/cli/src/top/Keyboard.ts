/** A terminal that is drawn on: keys as they are pressed, and the screen as it was afterwards. */
import * as Effect from "effect/Effect"
import type { Scope } from "effect/Scope"

/** The other screen, without a cursor. */
const enter = "\u001b[?1049h\u001b[?25l"
const leave = "\u001b[?25h\u001b[?1049l"

/**
 * Takes the terminal over until the scope ends, however it ends.
 *
 * @param pressed told what was typed, as the terminal sends it
 */
export const takeTerminal = (
  pressed: (text: string) => void,
  resized: () => void,
): Effect.Effect<void, never, Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const listen = (chunk: Buffer): void => pressed(chunk.toString("utf8"))
      process.stdout.write(enter)
      process.stdin.setRawMode(true)
      process.stdin.on("data", listen)
      process.stdin.resume()
      process.stdout.on("resize", resized)
      return listen
    }),
    (listen) =>
      Effect.sync(() => {
        process.stdin.off("data", listen)
        process.stdin.setRawMode(false)
        process.stdin.pause()
        process.stdout.off("resize", resized)
        process.stdout.write(leave)
      }),
  ).pipe(Effect.asVoid)

/** All of the screen in one write, so that nobody sees half of it. */
export const drawn = (lines: ReadonlyArray<string>): string =>
  `\u001b[H${lines.map((line) => `${line}\u001b[K`).join("\r\n")}\u001b[J`
