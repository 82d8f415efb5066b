import { expect, test } from 'vitest'
import { commandWords } from './command-words.ts'

test('commandWords: words and quotes, and no shell', () => {
  const lines: [string, string[] | null][] = [
    ['', []],
    ['   ', []],
    ['notify-send  "Token deck"   now', ['notify-send', 'Token deck', 'now']],
    ['a \'b "c"\' "d \'e\'"', ['a', 'b "c"', "d 'e'"]],
    ['a "" \'\'', ['a', '', '']],
    ['a\\ b "c\\"d" \'e\\f\'', ['a b', 'c"d', 'e\\f']],
    ['a b"c"d', ['a', 'bcd']],
    ['echo $HOME; rm * | x > y', ['echo', '$HOME;', 'rm', '*', '|', 'x', '>', 'y']],
    ['a "b', null],
    ["a 'b", null],
    ['a \\', null],
  ]
  for (const [line, words] of lines) expect(commandWords(line), line).toEqual(words)
})
