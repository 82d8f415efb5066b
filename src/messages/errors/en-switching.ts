/** Refusals of switching, custody and profiles in English. */

import type { ErrorTexts } from '../errors.ts'

export const switchingEn = {
  place_of_tool: [
    'Another tool’s file',
    '{path} belongs to {tool}. Tokendeck reads that file and never writes it, so nothing was changed. Take the login over under Import, or use {tool} itself.',
  ],
  custody_no_copy: [
    'No copy is there',
    '{path} holds no copy of this login any more. Nothing was changed. Look at the list of copies again.',
  ],
  custody_copy_older: [
    'This file holds a spent token',
    'The login in {path} was refreshed elsewhere since; a CLI that used its old token would end it for everybody. Let Tokendeck own it, then activate the account in the CLI.',
  ],
  custody_newer_elsewhere: [
    'Another file may hold the newest token',
    '{path} holds a token that is not known here and may be the newest. Choose that file, or let Tokendeck own the login, which brings the newest home. Nothing was changed.',
  ],
  custody_copy_doubtful: [
    'What the file holds cannot be confirmed',
    'Nobody could say now whether the login in {path} is the newest of this account. Use the CLI once, or sign in separately. The file was left as it is.',
  ],
  custody_elsewhere: [
    'The copy is on another machine',
    '{path} cannot be changed from here. Settle it in the Tokendeck of that machine, or sign in separately. Nothing was changed.',
  ],
  profile_not_found: ['No such profile', 'This profile is not known on this machine. It may have been removed.'],
  profile_in_use: ['The profile is in use', '{usedBy} runs in {path}. End it first, then try again.'],
  profile_login_elsewhere: [
    'A CLI holds this login in another directory',
    'The login of {account} lies in {path}, and two directories must not hold the same login. Give it back to Tokendeck first, or sign in through the CLI for a login of its own.',
  ],
  profile_login_unknown: [
    'A login would be lost',
    'In {path} lies a login ({identity}) by which no account here lives. Import it first, or say that it may be lost.',
  ],
  profile_has_login: [
    'There is a login already',
    'The sign-in of a CLI ends the login that it finds in {path}. Nothing was started; begin a new sign-in for a fresh profile.',
  ],
  activation_unsupported: [
    'Nowhere to activate it',
    'No CLI of {provider} keeps its login in a directory of this machine that Tokendeck knows.',
  ],
  activation_conflict: [
    'Its login is held twice',
    '{account} is refreshed here while a file holds a copy of it. Resolve that first: the account’s page shows where the copies are. Nothing was changed.',
  ],
  activation_uncertain: [
    'Not certain that its login works',
    'It is not known whether the newest token of {account} still works. Refresh the account here first, or give it back, and activate it then. Nothing was changed.',
  ],
  activation_elsewhere: [
    'A CLI holds it in another directory',
    '{account} is kept by the CLI in {path}. A second copy would end one of the two at the next refresh. Use it there, or give it back first and activate it then. Nothing was changed.',
  ],
  activation_current: ['Already active', 'The CLI holds {account} in {path} already.'],
  activation_not_held: ['No CLI holds it', '{account} is not kept by a CLI, so there is nothing to give back.'],
  activation_incomplete: [
    'The CLI would not accept it',
    'The login of {account} lacks what the CLI needs ({detail}). Sign in again here, and activate it then. Nothing was changed.',
  ],
  activation_outgoing_doubtful: [
    'Whose login is there now?',
    '{path} holds a newer login that cannot be confirmed just now, so it could be lost. Try again when the provider can be reached. Nothing was changed.',
  ],
  activation_empty: ['No login is there', '{path} holds no login, so there is nothing to take out.'],
  activation_changed: [
    'The file keeps changing',
    'Another program goes on writing {path}. Close running CLIs and try again. Nothing was changed.',
  ],
  activation_overwritten: [
    'Changed by another program',
    'Right after the switch another program wrote a login of {actual} into {path}. That one is there now.',
  ],
  activation_not_verified: [
    'Put back',
    'The CLI named {actual} where {account} was expected. What was there before is there again.',
  ],
  activation_not_rolled_back: [
    'Not confirmed, and not put back',
    'The CLI did not confirm {account}, and {path} could not be put back by itself. Undo the switch, or look at the file.',
  ],
  place_busy: [
    'The CLI is busy',
    'The CLI holds its locks at {path} ({holder}). It may be refreshing its login: try again in a moment. Nothing was changed.',
  ],
  place_lock_unsupported: [
    'Cannot be locked',
    'The files at {path} cannot be locked on this system, so they are not touched.',
  ],
  place_unusual: [
    'An unusual file',
    '{path} cannot be edited without losing something ({detail}). Nothing was changed.',
  ],
  backup_not_found: ['No such backup', 'It may be older than 30 days, or of another machine.'],
  backup_nothing_to_undo: ['Nothing to undo', 'No switch of the last 30 days is left to undo on this machine.'],
  backup_previous_gone: [
    'What was there is no longer valid',
    'The login that {path} held was refreshed since and its account is gone. Putting the old token back would sign you out, so nothing was changed.',
  ],
} satisfies Partial<ErrorTexts>
