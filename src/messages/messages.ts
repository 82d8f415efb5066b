/** The texts of pages and dialogs, one table per language. The type makes a missing or misspelt key a compile error. */

import type { Language } from './languages.ts'
import { en, type UiMessages } from './ui-en.ts'
import { ja } from './ui-ja.ts'
import { ko } from './ui-ko.ts'
import { zh } from './ui-zh.ts'

export type Messages = UiMessages

const TABLES: Record<Language, Messages> = { en, ja, zh, ko }

/** The message table of a language. */
export function messagesFor(language: Language): Messages {
  return TABLES[language]
}
