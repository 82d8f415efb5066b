/** The scripts that complete `tokendeck` in a shell, made of the commands as they are. Pure. */

const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/** A command as completion needs it. */
export interface CompletedCommand {
  name: string
  summary: string
  options: { name: string; about: string }[]
  /** True when an account may be named. */
  takesAccount: boolean
}

/** True for a shell that a script can be made for. */
export function isShell(text: string | undefined): text is Shell {
  return (SHELLS as readonly (string | undefined)[]).includes(text)
}

/** The script. Names and sentences are ours; they are quoted all the same. */
export function completionScript(shell: Shell, commands: readonly CompletedCommand[]): string {
  const makers = { bash: bashScript, zsh: zshScript, fish: fishScript }
  return makers[shell](commands)
}

function optionsOf({ options }: CompletedCommand): string {
  return [...options.map(({ name }) => `--${name}`), '--help'].join(' ')
}

function cases(commands: readonly CompletedCommand[]): string {
  return commands
    .map(
      (command) => `    ${command.name}) options='${optionsOf(command)}'; named=${command.takesAccount ? 1 : 0} ;;\n`,
    )
    .join('')
}

function bashScript(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name).join(' ')
  return `# bash completion of tokendeck
_tokendeck() {
  local word="\${COMP_WORDS[COMP_CWORD]}" options='' named=0 index account
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${names}' -- "$word"))
    return
  fi
  # What stands after two dashes is another program's.
  for ((index = 2; index < COMP_CWORD; index++)); do
    if [ "\${COMP_WORDS[index]}" = '--' ]; then
      COMPREPLY=($(compgen -c -- "$word"))
      return
    fi
  done
  case "\${COMP_WORDS[1]}" in
${cases(commands)}  esac
  if [[ "$word" == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$word"))
  elif [ "$named" = 1 ]; then
    while IFS= read -r account; do
      [[ "$account" == "$word"* ]] && COMPREPLY+=("$(printf '%q' "$account")")
    done < <(tokendeck completion --accounts 2>/dev/null)
  else
    COMPREPLY=($(compgen -f -- "$word"))
  fi
}
complete -F _tokendeck tokendeck
`
}

function zshScript(commands: readonly CompletedCommand[]): string {
  const described = commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary.replaceAll(':', '\\:')}`)}\n`)
  return `# zsh completion of tokendeck
_tokendeck() {
  local options='' named=0
  local -i dashes
  local -a commands accounts
  commands=(
${described.join('')}  )
  if (( CURRENT == 2 )); then
    _describe 'command' commands
    return
  fi
  # What stands after two dashes is another program's.
  dashes=\${words[(i)--]}
  if (( dashes < CURRENT )); then
    shift $dashes words
    (( CURRENT -= dashes ))
    _normal
    return
  fi
  case "\${words[2]}" in
${cases(commands)}  esac
  if [[ "$PREFIX" == -* ]]; then
    compadd -- \${=options}
  elif (( named )); then
    accounts=("\${(@f)$(tokendeck completion --accounts 2>/dev/null)}")
    compadd -- $accounts
  else
    _files
  fi
}
compdef _tokendeck tokendeck
`
}

function fishScript(commands: readonly CompletedCommand[]): string {
  const isFirst = '__fish_use_subcommand'
  const lines = commands.flatMap(({ name, summary, options, takesAccount }) => {
    const isHere = quoted(`__fish_seen_subcommand_from ${name}`)
    return [
      `complete -c tokendeck -n ${isFirst} -f -a ${name} -d ${quoted(summary)}`,
      ...options.map((option) => `complete -c tokendeck -n ${isHere} -l ${option.name} -d ${quoted(option.about)}`),
      ...(takesAccount
        ? [
            `complete -c tokendeck -n ${quoted(`__fish_seen_subcommand_from ${name}; and not contains -- -- (commandline -opc)`)} -f -a '(tokendeck completion --accounts 2>/dev/null)'`,
          ]
        : []),
    ]
  })
  // What stands after two dashes is another program's.
  const rest = `complete -c tokendeck -n 'contains -- -- (commandline -opc)' -f -a '(__tokendeck_rest)'`
  const words = `function __tokendeck_rest
    set -l words (commandline -opc) (commandline -ct)
    set -l at (contains -i -- -- $words)
    complete -C (string join -- ' ' (string escape -- $words[(math $at + 1)..-2]) $words[-1])
end`
  return `# fish completion of tokendeck\n${words}\n${lines.join('\n')}\n${rest}\n`
}

/** Single quotes in all three shells; a quote inside is written as four characters. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
