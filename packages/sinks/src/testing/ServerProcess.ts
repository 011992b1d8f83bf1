/**
 * A server that tests start, kill and start again: a child process on the loopback interface.
 *
 * @since 0.1.0
 */
import { type ChildProcess, spawn } from "node:child_process"

/**
 * How to start it, and how to know that it serves.
 *
 * @category models
 * @since 0.1.0
 */
export interface ServerCommand {
  readonly command: string
  readonly args: ReadonlyArray<string>
  /**
   * Whether the server answers; it is called again and again until then. `recovering` is a server
   * that says so itself, and has as long as it takes: one that is killed begins anew. The
   * fifth of them that dies `tooEarly` all the same is the last.
   */
  readonly answers: () => Promise<boolean | "recovering">
  /** How long a start may take before it is given up. Units: milliseconds. Default 20,000. */
  readonly startMillisMax?: number
  /** What a start says that fails because a killed server's children are not gone yet. */
  readonly tooEarly?: RegExp
  /** What to install where the command is not there. */
  readonly missing: string
  readonly uid?: number
  readonly gid?: number
  /** Leads a process group of its own, so that a Ctrl-C at the terminal reaches its owner alone. */
  readonly detached?: boolean
}

const startMillisMaxDefault = 20_000
const retryMillis = 20
// Each may take its time, so the deadline alone would let a loop of them go on for ever.
const recoveriesMax = 5
// What a server said last is enough to tell why it did not start.
const outputCharsMax = 4_000

const pause = (millis: number) => new Promise((resolve) => setTimeout(resolve, millis))

/**
 * One server process at a time, started by the same command each time.
 *
 * @category models
 * @since 0.1.0
 */
export class ServerProcess {
  private readonly options: ServerCommand
  private child: ChildProcess | undefined
  private output = ""

  constructor(options: ServerCommand) {
    this.options = options
  }

  /** The process id while it runs. */
  get pid(): number | undefined {
    return this.child?.pid
  }

  /** Starts the server and resolves when it answers. */
  async start(): Promise<void> {
    const { answers, command, startMillisMax = startMillisMaxDefault, tooEarly } = this.options
    if (this.child !== undefined) throw new Error(`${command} runs already`)
    let deadline = Date.now() + startMillisMax
    let child = await this.spawn()
    const recovering = new Set<ChildProcess>()
    for (let answer = await answers(); answer !== true; answer = await answers()) {
      if (answer === "recovering") {
        recovering.add(child)
        deadline = Date.now() + startMillisMax
      }
      // Its last words may come after its end.
      await pause(retryMillis)
      const isOver =
        Date.now() > deadline || (this.child !== child && recovering.size >= recoveriesMax)
      if (this.child !== child && !isOver && tooEarly?.test(this.output) === true) {
        child = await this.spawn()
      } else if (this.child !== child || isOver) {
        await this.kill()
        throw new Error(`${command} did not start: ${this.output}`)
      }
    }
  }

  private async spawn(): Promise<ChildProcess> {
    const { args, command, detached = false, gid, missing, uid } = this.options
    this.output = ""
    const child = spawn(command, args, {
      stdio: ["ignore", "pipe", "pipe"],
      detached,
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
    })
    this.child = child
    // A test that fails must not leave a server behind.
    process.once("exit", this.killNow)
    child.once("exit", () => {
      if (this.child === child) this.child = undefined
      process.removeListener("exit", this.killNow)
    })
    const spawned = new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve)
      child.once("error", (error) => {
        this.child = undefined
        reject(
          "code" in error && error.code === "ENOENT"
            ? new Error(`${command} is not there: ${missing}`, { cause: error })
            : error,
        )
      })
    })
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        this.output = (this.output + chunk.toString()).slice(-outputCharsMax)
      })
    }
    await spawned
    return child
  }

  private readonly killNow = (): void => {
    this.child?.kill("SIGKILL")
  }

  /** Sends a signal and resolves when the process is gone. */
  async end(signal: "SIGINT" | "SIGTERM" | "SIGKILL"): Promise<void> {
    const { child } = this
    if (child === undefined) return
    const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()))
    child.kill(signal)
    await gone
  }

  /** Ends the process without a word, as a crash does. */
  kill(): Promise<void> {
    return this.end("SIGKILL")
  }

  /** Stops the process where it stands, until `resume`: the port is open and nobody answers. */
  freeze(): void {
    this.child?.kill("SIGSTOP")
  }

  /** Lets a frozen process go on. */
  resume(): void {
    this.child?.kill("SIGCONT")
  }
}
