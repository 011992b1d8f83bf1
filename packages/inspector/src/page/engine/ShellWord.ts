/** For a shell: as it is, or quoted. */
export const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`

/** A command with the trail's directory in the place of `DIR`, whatever the directory is called. */
export const commandFor = (command: string, directory: string): string =>
  command.replace("DIR", () => shellWord(directory))
