import { defineCommand } from '../command.js'
import { loadCommand } from '../command-files.js'
import { EXIT } from '../exit.js'
import { commandHelp, generalHelp, summarizeCommands } from '../help.js'

export default defineCommand({
  summary: 'Says what the commands do.',
  usage: '[COMMAND]',
  description: '',
  options: {},
  maxOperands: 1,
  async run ({ operands: [name], terminal }) {
    if (name === undefined) terminal.result(await generalHelp(), { commands: await summarizeCommands() })
    else {
      const command = await loadCommand(name)
      terminal.result(commandHelp(name, command), { name, summary: command.summary, usage: command.usage })
    }
    return EXIT.ok
  }
})
