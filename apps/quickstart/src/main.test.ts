import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import { entries } from "@countersign/core/trail/TrailReader"
import { verify } from "@countersign/core/trail/Verifier"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

let parent = ""
beforeAll(() => {
  parent = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "countersign-quickstart-")))
})
afterAll(() => fs.rmSync(parent, { recursive: true, force: true }))

const address = "author@example.org"
const environment = {
  PATH: process.env["PATH"],
  HOME: os.tmpdir(),
  GIT_CONFIG_GLOBAL: os.devNull,
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "Author",
  GIT_AUTHOR_EMAIL: address,
  GIT_COMMITTER_NAME: "Author",
  GIT_COMMITTER_EMAIL: address,
}

const fresh = (name: string): string => {
  const directory = path.join(parent, name)
  fs.mkdirSync(directory, { recursive: true })
  return directory
}

const git = (directory: string, ...args: ReadonlyArray<string>): void => {
  const { status, stderr } = spawnSync("git", ["-C", directory, ...args], { env: environment })
  assert.strictEqual(status, 0, stderr.toString())
}

const write = (directory: string, name: Buffer | string, text: string): void =>
  fs.writeFileSync(Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(name)]), text)

const commit = (directory: string, message: string): void => {
  git(directory, "add", "-A")
  git(directory, "commit", "-q", "--allow-empty", "-m", message)
}

const repository = (name: string): string => {
  const directory = fresh(name)
  git(directory, "init", "-q")
  return directory
}

const start = (
  repository: string,
  home: string,
  env: Readonly<Record<string, string | undefined>> = {},
) => {
  const { status, stderr, stdout } = spawnSync(
    process.execPath,
    [
      "--conditions=@countersign/source",
      path.join(import.meta.dirname, "main.ts"),
      "--repository",
      repository,
      "--home",
      home,
    ],
    { encoding: "utf8", env: { ...environment, ...env } },
  )
  return { status, stderr, stdout }
}

const contents = (directory: string): Promise<ReadonlyArray<string>> =>
  entries(directory).pipe(
    Stream.map(({ bytes }) => Buffer.from(bytes).toString("utf8")),
    Stream.runCollect,
    Effect.provide(NodeDisk.layer),
    Effect.runPromise,
  )

/** The recorded paths, in the order of the trail. */
const paths = async (home: string): Promise<ReadonlyArray<string>> =>
  (await contents(path.join(home, "history"))).flatMap((entry) => {
    // What the schema of the events promises; a wrong entry fails the comparison.
    const event = JSON.parse(entry) as { type: string; target?: Array<{ id: string }> }
    return event.type.startsWith("repository.") ? [event.target?.[0]?.id ?? ""] : []
  })

const told = ({ status, stderr, stdout }: ReturnType<typeof start>): string => {
  assert.strictEqual(stderr, "")
  assert.strictEqual(status, 0)
  assert.match(stdout, /verified: \d+ entries/)
  assert.match(stdout, /is in the trail/)
  assert.match(stdout, /tampered: entry \d+/)
  // oxlint-disable-next-line no-control-regex -- no colours: this is no terminal
  assert.notMatch(stdout, /\u001b/)
  return stdout
}

describe("npm start", () => {
  it("records a history with odd names, and names the record that was altered", async () => {
    const source = repository("odd")
    const names = ["a b.ts", "new\nline", "日本.txt", "-rf", '"quoted"']
    for (const name of names) write(source, name, name)
    write(source, Buffer.from("caf\xe9", "latin1"), "not UTF-8")
    commit(source, "First")
    for (let index = 0; index < 300; index += 1) write(source, `file-${index}`, "")
    commit(source, "Second")
    commit(source, "Nothing")
    const home = path.join(parent, "odd-home")
    const text = told(start(source, home))
    assert.include(text, "3 commits by 1 person, 306 changed files")
    assert.notInclude(text, address)
    const recorded = await paths(home)
    assert.sameMembers(recorded.slice(0, 6), [...names, "caf\\xE9"])
    assert.lengthOf(recorded, 306)

    const before = await contents(path.join(home, "history"))
    const after = await contents(path.join(home, "tampered"))
    const altered = before.flatMap((entry, index) => (entry === after[index] ? [] : [index]))
    assert.lengthOf(altered, 1)
    const named = [...text.matchAll(/ entry (\d+) (?:is altered|in tile)/g)].map(([, n]) => n)
    assert.deepStrictEqual(named, [String(altered[0]), String(altered[0])])
    // The copy has its public key beside it, so that anyone can see for themselves.
    const report = await Effect.runPromise(
      Effect.provide(verify(path.join(home, "tampered")), NodeDisk.layer),
    )
    assert.strictEqual(report.verdict, "tampered")
    assert.isFalse(fs.existsSync(path.join(home, "tampered.key")))
  })

  it("starts afresh each time, over a repository with one commit", async () => {
    const source = repository("single")
    write(source, "only.txt", "1")
    commit(source, "Only")
    const home = path.join(parent, "single-home")
    told(start(source, home))
    assert.include(told(start(source, home)), "1 commit by 1 person, 1 changed file")
    assert.deepStrictEqual(await paths(home), ["only.txt"])
  })

  it("says of a shallow clone that it is one", async () => {
    const source = repository("deep")
    for (const name of ["a", "b", "c"]) {
      write(source, name, name)
      commit(source, name)
    }
    git(parent, "clone", "-q", "--depth", "2", `file://${source}`, "shallow")
    const home = path.join(parent, "shallow-home")
    const text = told(start(path.join(parent, "shallow"), home))
    assert.include(text, "a shallow clone")
    assert.match(text, /present +a/)
    assert.deepStrictEqual(await paths(home), ["a", "b", "c"])
  })

  it("records the files of a tree that has no history, and says so", async () => {
    const source = fresh("tarball")
    fs.mkdirSync(path.join(source, "node_modules"))
    fs.mkdirSync(path.join(source, "src"))
    write(source, "node_modules/left-out", "")
    write(source, "src/kept", "")
    write(source, Buffer.from("caf\xe9", "latin1"), "")
    fs.symlinkSync("/", path.join(source, "everything"))
    fs.utimesSync(path.join(source, "src/kept"), 1_700_000_000, 1_700_000_000)
    const home = path.join(parent, "tarball-home")
    const text = told(start(source, home))
    assert.include(text, "there is no history: this is no git repository")
    assert.match(text, /2023-11-14 22:13 {2}found +src\/kept/)
    assert.deepStrictEqual(await paths(home), ["caf\\xE9", "src/kept"])
  })

  it("takes the history of another repository around it for none of its own", () => {
    const source = repository("around")
    fs.mkdirSync(path.join(source, "within"))
    write(source, "within/file", "")
    commit(source, "Around")
    const text = told(start(path.join(source, "within"), path.join(parent, "around-home")))
    assert.include(text, "this directory is part of another git repository")
  })

  it("needs no git for a tree, and no commit", () => {
    const source = repository("unborn")
    write(source, "file", "")
    const unborn = told(start(source, path.join(parent, "unborn-home")))
    assert.include(unborn, "this git repository has no commit yet")
    const text = told(start(source, path.join(parent, "gitless-home"), { PATH: "" }))
    assert.include(text, "git is not installed here")
  })

  it("says that there is nothing to record", () => {
    const { status, stderr } = start(fresh("empty"), path.join(parent, "empty-home"))
    assert.strictEqual(status, 1)
    assert.include(stderr, "nothing here to record")
    assert.include(start(path.join(parent, "absent"), parent).stderr, "is not there")
  })

  it("says what it needs where it can't write", () => {
    const source = fresh("unwritable")
    write(source, "file", "")
    const { status, stderr, stdout } = start(source, path.join(source, "file", "home"))
    assert.strictEqual(status, 1)
    assert.strictEqual(stdout, "")
    assert.match(stderr, /needs a directory that it can write to.*ENOTDIR.*--home/s)
  })

  it("deletes nothing in a directory that is not its own", () => {
    const home = fresh("foreign")
    write(home, "history", "of someone else")
    const { status, stderr } = start(home, home)
    assert.strictEqual(status, 1)
    assert.include(stderr, "not the quickstart's")
    assert.strictEqual(fs.readFileSync(path.join(home, "history"), "utf8"), "of someone else")
  })
})
