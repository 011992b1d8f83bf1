/** `npm run torture`: the command that users run, from source. */
process.argv.splice(2, 0, "torture")
await import("../../../apps/cli/src/main.ts")
