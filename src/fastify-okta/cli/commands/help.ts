import { defineCommand } from '../command.js'
import { loadCommand } from '../command-files.js'
import { EXIT } from '../exit.js'
import { commandHelp, generalHelp, summarizeCommands } from '../help.js'

export default defineCommand({
  summary: 'Shows the commands, or the options of one.',
  usage: '[COMMAND]',
  description: '',
  options: {},
  maxPositionals: 1,
  async run ({ positionals: [name], terminal }) {
    if (name === undefined) terminal.result(await generalHelp(), { commands: await summarizeCommands() })
    else {
      const command = await loadCommand(name)
      terminal.result(commandHelp(name, command), { name, summary: command.summary, usage: command.usage })
    }
    return EXIT.ok
  }
})
