/** A command as a person types it, as words. No shell sees it: nothing is expanded, joined or redirected. Pure. */

/** Words of a line; quotes hold spaces together, a backslash takes the next character as it is. Null for an open quote. */
export function commandWords(line: string): string[] | null {
  const words: string[] = []
  let word: string | null = null
  let quote: string | null = null
  for (let index = 0; index < line.length; index++) {
    const character = line[index]!
    if (character === '\\' && quote !== "'") {
      const next = line[++index]
      if (next === undefined) return null
      word = (word ?? '') + next
    } else if (quote !== null) {
      if (character === quote) quote = null
      else word += character
    } else if (character === '"' || character === "'") {
      quote = character
      word ??= ''
    } else if (/\s/.test(character)) {
      if (word !== null) words.push(word)
      word = null
    } else {
      word = (word ?? '') + character
    }
  }
  if (quote !== null) return null
  return word === null ? words : [...words, word]
}
