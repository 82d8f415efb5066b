/** Texts of a new encryption key, in Chinese. */

import type { keyRotationEn } from './ui-en-key-rotation.ts'

export const keyRotationZh: typeof keyRotationEn = {
  keyRotation: {
    why: '建议每年更换一次密钥；若现有密钥可能已被他人读取，请立即更换。',
    how: '这里封存的一切都会用新密钥重新封存，期间账户照常刷新。随时中断也无妨：在旧密钥封存的内容清空之前，两把密钥都能打开。',
    keep: '保留旧密钥',
    keepFor: {
      '30': '30 天',
      '90': '90 天',
      '365': '一年',
      always: '直到我将其销毁',
      '0': '不保留：下次启动时销毁',
    },
    keepHint: '更换之前制作的数据库备份只能用旧密钥打开；主目录中的备份会与该密钥一同删除。',
    othersStopped:
      '共享此数据库的其他机器上的 Tokendeck 均已停止。之后每台机器都需要新密钥（在此运行“tokendeck key export”，在那边运行“tokendeck key import”）。',
    start: '生成新密钥',
    underWay: '正在换用新密钥。开始于：',
    lookAgain: '再看一次',
    done: (from: string, to: string) => `密钥已由 ${from} 换成 ${to}`,
    finished: (from: string, to: string) => `从 ${from} 到 ${to} 的更换曾被中断，现已完成；没有另外生成密钥`,
    resealed: (count: number) => `已重新封存 ${count} 项。`,
    left: (count: number) => `另有 ${count} 项正在使用，会自动重新封存。`,
    unreadable: (count: number, from: string) => `${count} 项用任何密钥都无法打开，保持原样，并保留 ${from}。`,
    newKit: '旧密钥的恢复包已无用处。请重新制作：“tokendeck key export”。',
    former: '旧密钥',
    emptied: '已没有由它封存的内容。',
    notEmptied: '仍有内容由它封存。',
    keptAlways: '保留至有人将其销毁。',
    destroyedAfter: '在此时间之后的首次启动时销毁：',
  },
}
