/** How the command line answers for itself: help to stdout when asked for, slips to stderr in one line. */
import * as CliOutput from "effect/cli/CliOutput"
import * as Effect from "effect/Effect"
import type { Output } from "./Output.ts"

const oneLine = (text: string): string => text.replaceAll(/\s*\n\s*/g, " ").trim()

/** Replaces the default, which prints the whole help to stdout before it says what is wrong. */
export const presenterOf = (output: Output["Service"]): CliOutput.Presenter => {
  const formatter = CliOutput.defaultFormatter({ colors: process.stdout.hasColors?.() ?? false })
  return {
    present: (event) => {
      const path = "commandPath" in event ? event.commandPath.join(" ") : ""
      switch (event._tag) {
        case "Version":
          return Effect.ignore(output.lines(`${event.name} ${event.version}`))
        case "Help": {
          const help = formatter.formatHelpDoc(event.helpDoc).trimEnd()
          return event.reason === "Requested" ? Effect.ignore(output.lines(help)) : output.say(help)
        }
        case "InvalidInvocation":
          return output.say(
            ...event.errors.map((error) => `countersign: ${oneLine(error.message)}`),
            `Run ${path} --help for what it takes`,
          )
      }
    },
  }
}
