/** The command tree. */
import * as Command from "effect/cli/Command"
import { checkCommand } from "./commands/Check.ts"
import { doctorCommand } from "./commands/Doctor.ts"
import { keyCommand } from "./commands/Key.ts"
import { proveCommand } from "./commands/Prove.ts"
import { queryCommand } from "./commands/Query.ts"
import { recordCommand } from "./commands/Record.ts"
import { statsCommand } from "./commands/Stats.ts"
import { tailCommand } from "./commands/Tail.ts"
import { timestampCommand } from "./commands/Timestamp.ts"
import { tortureCommand } from "./commands/Torture.ts"
import { verifyCommand } from "./commands/Verify.ts"
import { witnessCommand } from "./commands/Witness.ts"

export const countersign = Command.make("countersign").pipe(
  Command.withDescription("Record audit events, prove them, and verify that none was changed"),
  Command.withSubcommands([
    recordCommand,
    verifyCommand,
    proveCommand,
    checkCommand,
    queryCommand,
    tailCommand,
    keyCommand,
    statsCommand,
    doctorCommand,
    tortureCommand,
    timestampCommand,
    witnessCommand,
  ]),
)
