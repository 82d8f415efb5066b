/** Texts of a new encryption key, in English. */

export const keyRotationEn = {
  keyRotation: {
    why: 'A new key is worth making once a year, or when somebody may have read the present one.',
    how: 'Everything sealed here is sealed anew, while accounts go on being refreshed. It may be cut off at any moment: both keys open until nothing is left of the old one.',
    keep: 'Keep the old key',
    keepFor: {
      '30': 'for 30 days',
      '90': 'for 90 days',
      '365': 'for a year',
      always: 'until I destroy it',
      '0': 'not at all: destroy it at the next start',
    },
    keepHint:
      'Backups of the database that were made before open only with the old key; those that lie in the home are deleted with it.',
    othersStopped:
      'Tokendeck is stopped on all other machines that share this database. Each needs the new key afterwards (“tokendeck key export” here, “tokendeck key import” there).',
    start: 'Make a new key',
    underWay: 'A new key is being put in place. Started:',
    lookAgain: 'Look again',
    done: (from: string, to: string) => `The key is ${to} now, in place of ${from}`,
    finished: (from: string, to: string) =>
      `The change from ${from} to ${to} had been cut off. It is finished now; no further key was made`,
    resealed: (count: number) => `${count} ${count === 1 ? 'value was' : 'values were'} sealed anew.`,
    left: (count: number) => `${count} more are being used at this moment; they are sealed anew by themselves.`,
    unreadable: (count: number, from: string) =>
      `${count} sealed values open with no key. They were left as they are, and ${from} is kept.`,
    newKit: 'A recovery kit of the old key is of no use any more. Make a new one: “tokendeck key export”.',
    former: 'Former key',
    emptied: 'Nothing is sealed by it any more.',
    notEmptied: 'Some values are still sealed by it.',
    keptAlways: 'Kept until somebody destroys it.',
    destroyedAfter: 'Destroyed at the first start after',
  },
}
