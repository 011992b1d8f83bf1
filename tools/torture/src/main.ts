/** `npm run torture`: the command that users run, from source. */
process.argv.splice(2, 0, "torture")
await import(new URL("../../../apps/cli/src/main.ts", import.meta.url).href)
