/** The command tree. */
import * as Command from "effect/cli/Command"
import { alertsCommand } from "./commands/Alerts.ts"
import { baselineCommand } from "./commands/Baseline.ts"
import { benchCommand } from "./commands/Bench.ts"
import { checkCommand } from "./commands/Check.ts"
import { copybookCommand } from "./commands/Copybook.ts"
import { deadLettersCommand } from "./commands/DeadLetters.ts"
import { detectCommand } from "./commands/Detect.ts"
import { doctorCommand } from "./commands/Doctor.ts"
import { exportCommand } from "./commands/Export.ts"
import { inspectCommand } from "./commands/Inspect.ts"
import { keyCommand } from "./commands/Key.ts"
import { partitionsCommand } from "./commands/Partitions.ts"
import { proveCommand } from "./commands/Prove.ts"
import { queryCommand } from "./commands/Query.ts"
import { reconcileCommand } from "./commands/Reconcile.ts"
import { recordCommand } from "./commands/Record.ts"
import { statsCommand } from "./commands/Stats.ts"
import { tailCommand } from "./commands/Tail.ts"
import { timestampCommand } from "./commands/Timestamp.ts"
import { topCommand } from "./commands/Top.ts"
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
    exportCommand,
    keyCommand,
    statsCommand,
    doctorCommand,
    deadLettersCommand,
    topCommand,
    inspectCommand,
    tortureCommand,
    benchCommand,
    timestampCommand,
    witnessCommand,
    reconcileCommand,
    partitionsCommand,
    copybookCommand,
    baselineCommand,
    detectCommand,
    alertsCommand,
  ]),
)
