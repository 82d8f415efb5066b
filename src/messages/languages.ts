/** The languages of the dashboard and how one is chosen. */

/** Tags of the languages that there are sentences in; English comes first, and stands in for others. */
export const LANGUAGES = ['en', 'ja', 'zh', 'ko'] as const
export type Language = (typeof LANGUAGES)[number]

/** Each language in its own words, for the chooser. */
export const LANGUAGE_NAMES: Record<Language, string> = { en: 'English', ja: '日本語', zh: '简体中文', ko: '한국어' }

/** True for a tag of these. */
export function isLanguage(text: string): text is Language {
  return (LANGUAGES as readonly string[]).includes(text)
}

/**
 * The best language for an Accept-Language header: by weight, then by order; English when none fits.
 * Source: RFC 9110 §12.5.4.
 */
export function languageFromHeader(header: string | undefined): Language {
  const ranges = (header ?? '')
    .slice(0, 1_000)
    .split(',')
    .map((range) => {
      const [tag = '', ...parameters] = range.trim().toLowerCase().split(';')
      const weight = parameters.map((parameter) => /^\s*q=([\d.]+)\s*$/.exec(parameter)?.[1]).find(Boolean)
      return { language: tag.split('-')[0]!, weight: weight === undefined ? 1 : Number(weight) }
    })
    .filter((range) => range.weight > 0)
    .sort((a, b) => b.weight - a.weight)
  const match = ranges.find((range) => isLanguage(range.language))
  return match ? (match.language as Language) : 'en'
}
