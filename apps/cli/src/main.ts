#!/usr/bin/env node
import { createRequire } from "node:module"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import * as NodeChildProcessSpawner from "@effect/platform-node-shared/NodeChildProcessSpawner"
import * as NodeFileSystem from "@effect/platform-node-shared/NodeFileSystem"
import * as NodePath from "@effect/platform-node-shared/NodePath"
import * as NodeRuntime from "@effect/platform-node-shared/NodeRuntime"
import * as NodeStdio from "@effect/platform-node-shared/NodeStdio"
import * as NodeTerminal from "@effect/platform-node-shared/NodeTerminal"
import * as CliConfig from "effect/cli/CliConfig"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { countersign } from "./Countersign.ts"
import * as Failure from "./terminal/Failure.ts"
import { Output } from "./terminal/Output.ts"
import { presenterOf } from "./terminal/Presenter.ts"

const { version } = createRequire(import.meta.url)("../package.json") as { version: string }

const services = Layer.mergeAll(
  NodeChildProcessSpawner.layer.pipe(
    Layer.provideMerge(Layer.mergeAll(NodeFileSystem.layer, NodePath.layer)),
  ),
  NodeStdio.layer,
  NodeTerminal.layer,
  NodeDisk.layer,
  // No wizard: the command line never asks.
  CliConfig.layer({
    builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions],
  }),
  Layer.effect(CliOutput.Presenter, Effect.map(Output, presenterOf)),
  // What the engine has to say is talk, so it must not come between the data on stdout.
  Logger.layer([
    Logger.make(({ message }) => {
      const words = Array.isArray(message) ? message : [message]
      process.stderr.write(`${words.map(String).join(" ")}\n`)
    }),
  ]),
).pipe(Layer.provideMerge(Output.layer))

const program = Command.runWith(countersign, { version })(process.argv.slice(2)).pipe(
  Effect.catchCause(Failure.report),
  Effect.provide(services),
)

NodeRuntime.runMain(program, { disableErrorReporting: true })
